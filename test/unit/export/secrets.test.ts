import { describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { type LeftFiles, withoutLogins } from "../../../lib/export/secrets.ts";
import type { LayerEntry } from "../../../lib/export/sieve.ts";

/** What becomes of a file of that path, and what is told of it. */
function judged(path: string, own: readonly string[] = []) {
  const left: LeftFiles = { files: [], count: 0 };
  const entry: LayerEntry = {
    path,
    type: "0",
    kind: "file",
    size: 1,
    mode: 0o600,
    uid: 0,
    gid: 0,
    modified: 0,
    device: [0, 0],
    isSparse: false,
  };
  const verdict = withoutLogins(left, own, tmpdir()).judge(entry);
  return { verdict, told: left.files };
}

describe("what is handed on without logins", () => {
  test.each([
    "root/.claude/.credentials.json",
    "home/x/.codex/auth.json",
    "root/.codex/.credentials.json",
    "root/.gemini/mcp-oauth-tokens.json",
    "root/.local/share/opencode/mcp-auth.json",
    "root/.copilot/config.json",
    "root/.copilot/mcp-oauth-config/0123abcd.tokens.json",
    "manyoyo/history/copilot/mcp-oauth-config/a/b.json",
    "manyoyo/login/claude/CLAUDE_CODE_OAUTH_TOKEN",
    "manyoyo/variables/1",
  ])("has no %s, and tells of it", (path) => {
    expect(judged(path)).toEqual({ verdict: "drop", told: [`/${path}`] });
  });

  test("has none in a volume that is an agent's folder itself", () => {
    const path = "manyoyo/saved/0/mcp-oauth-config/x.json";
    expect(judged(path, ["/root/.copilot"])).toEqual({ verdict: "drop", told: [`/${path}`] });
    expect(judged(path, ["/root/other"])).toEqual({ verdict: "keep", told: [] });
  });

  test.each([
    "root/.copilot/session-state/1/events.jsonl",
    "root/.copilot/mcp-config.json",
    "root/x.copilot/mcp-oauth-config/x",
    "root/.copilot/mcp-oauth-configs/x",
    "root/auth.json",
  ])("has %s", (path) => {
    expect(judged(path)).toEqual({ verdict: "keep", told: [] });
  });
});
