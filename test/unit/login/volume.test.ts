import { expect, test } from "bun:test";
import { agents } from "../../../lib/agents/known.ts";
import {
  declinedVolume,
  isDeclined,
  loginFiles,
  loginPart,
  loginSteps,
  loginVolume,
  unlinkSteps,
} from "../../../lib/login/volume.ts";

const able = agents.filter(({ login }) => login !== undefined);
const claude = agents.filter(({ name }) => name === "claude");

test("every agent and user has a volume of its own, whatever the user is called", () => {
  const users = ["ann", "Ann", "a b", "a_b", "DOMAIN\\ann", "ünal", "-x", "."];
  const names = able.flatMap((agent) => users.map((user) => loginVolume(agent, user).name));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^manyoyo-login-[a-z]+-[A-Za-z0-9][A-Za-z0-9_.-]*$/);
  expect(claude.map((agent) => loginVolume(agent, "root").name)).toEqual(["manyoyo-login-claude-root"]);
});

test("a no lies in the same place, and is known from a login", () => {
  for (const agent of able) {
    const [login, no] = [loginVolume(agent, "ann"), declinedVolume(agent, "ann")];
    expect(no.name).toBe(login.name);
    expect(isDeclined({ name: no.name, labels: no.labels })).toBe(true);
    expect(isDeclined({ name: login.name, labels: login.labels })).toBe(false);
  }
});

test("a session gets the folder, links for the files, and variables for what has no file", () => {
  expect(claude.map((agent) => loginPart(agent, "ann"))).toEqual([
    {
      stores: [
        {
          volume: "manyoyo-login-claude-ann",
          target: "/manyoyo/login/claude",
          labels: { "manyoyo.login": "claude", "manyoyo.user": "ann" },
          seen: true,
        },
      ],
      prepare: [
        ["login", ".claude/.credentials.json", "/manyoyo/login/claude/.credentials.json"],
        ["variable", "CLAUDE_SECURESTORAGE_CONFIG_DIR", "/manyoyo/login/claude"],
        ["token", "CLAUDE_CODE_OAUTH_TOKEN", "/manyoyo/login/claude/CLAUDE_CODE_OAUTH_TOKEN"],
      ],
    },
  ]);
});

test("no two files of a login have one name in the volume, and each can be taken away again", () => {
  for (const agent of able) {
    const files = loginFiles(agent);
    expect(new Set(files).size).toBe(files.length);
    const linked = loginSteps(agent).flatMap(([step, path]) => (step === "login" ? [path] : []));
    expect(unlinkSteps([agent])).toEqual(linked.map((path = "") => ["login", path, ""]));
  }
});
