import { describe, expect, test } from "bun:test";
import { folderOf, programOf } from "../../../lib/agents/line.ts";

describe("the program of a shell line's last command", () => {
  test.each([
    ["claude", "claude"],
    ["cd web && claude -c", "claude"],
    ["cd 'my web' && A=b claude", "claude"],
    ["npm ci; claude", "claude"],
    ["[ -f x ] || codex", "codex"],
    ["cat notes | claude -p", "claude"],
    ["echo a\nclaude", "claude"],
    ["claude 2>&1", "claude"],
    ["'/opt/my tools/claude' -c", "claude"],
    ['"claude"', "claude"],
    ['"$HOME/.local/bin/claude"', "claude"],
    ["\\claude", "claude"],
    ["nice claude", "claude"],
    ["nice -n 5 claude", "claude"],
    ["nice -n5 env -u A B=c claude", "claude"],
    ["timeout 10m claude", "claude"],
    ["timeout -k 5 10m claude", "claude"],
    ["env -- claude", "claude"],
    ["exec -a x claude", "claude"],
    ["sudo -u me /usr/bin/codex", "codex"],
    ["stdbuf -oL claude", "claude"],
    // Words after the line would go to another program.
    ["claude | tee log", "tee"],
    ["claude; echo done", "echo"],
    ["claude &", undefined],
    ["claude;", undefined],
    ["env", undefined],
    ["nice -n", undefined],
    ["A=b", undefined],
    ["", undefined],
  ])("%j: %s", (line, program) => {
    expect(programOf(line)).toBe(program);
  });
});

describe("the folder of a shell line's last command", () => {
  test.each([
    ["claude", "/w"],
    ["cd web && claude", "/w/web"],
    ["cd 'my web' && claude", "/w/my web"],
    ["cd /srv/x; claude", "/srv/x"],
    ["cd .. && claude", "/"],
    ["cd $A && claude", "/w"],
    ["cd ~/x && claude", "/w"],
    ["cd a b && claude", "/w"],
    ["cd a && cd b && claude", "/w"],
    ["echo cd a && claude", "/w"],
  ])("%j: %s", (line, folder) => {
    expect(folderOf(line, "/w")).toBe(folder);
  });
});
