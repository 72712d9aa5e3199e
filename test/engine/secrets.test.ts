import { describe, expect } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { engines } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { type Live, start } from "../support/live.ts";
import { bench } from "../support/manyoyo.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

/** The processes of this machine whose file under /proc holds the text. */
function holders(file: "cmdline" | "environ", text: string): readonly string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/${file}`).includes(text))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").slice(0, 200));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

describe.each(engines())("%s: the value of a variable", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const root = dirname(at.folder);

  // One with a line end, as those go another way.
  const secrets = [`plain-${crypto.randomUUID()}`, `lines-${crypto.randomUUID()}`];
  const [plain = "", lines = ""] = secrets;
  writeFileSync(`${root}/keys.env`, `PLAIN=${plain}\nLINES="${lines}\nsecond"\n`);

  async function shown(live: Live): Promise<readonly string[]> {
    await live.says("up");
    const engineWords = new RegExp(`^(\\S*/)?(${engine}|conmon|containerd\\S*|runc|dockerd)( |$)`);
    const found = secrets.flatMap((secret) => [
      ...holders("cmdline", secret),
      ...holders("environ", secret).filter((words) => engineWords.test(words)),
    ]);
    live.kill("SIGTERM");
    await live.ended;
    return found;
  }

  turn("is on no command line and in no engine's environment while its command runs", async () => {
    const name = at.name();
    const spy = spyOn(engine, root);
    const words = ["-n", name, "--ef", `${root}/keys.env`, "-x", "echo up $PLAIN; sleep 60"];
    expect(await shown(start(at, words, { env: spy.env }))).toEqual([]);
    expect(await shown(start(at, words, { env: spy.env }))).toEqual([]);
    const calls = spy.calls();
    expect(calls.length).toBeGreaterThan(2);
    for (const secret of secrets) {
      expect(calls.filter((call) => call.words.some((word) => word.includes(secret)))).toEqual([]);
      expect(calls.filter((call) => call.environment.includes(secret))).toEqual([]);
    }
  });

  turn("is in no label and no command of the container, nor in what manyoyo says", async () => {
    const name = at.name();
    const said = [
      await at.manyoyo(["-n", name, "--ef", `${root}/keys.env`, "-x", "true"]),
      await at.manyoyo(["-n", name, "--ef", `${root}/keys.env`, "-d", "-x", "true"]),
      await at.manyoyo(["ls", "--json"]),
      await at.manyoyo(["-n", name, "--ef", `${root}/keys.env`, "config", "show"]),
      await at.manyoyo(["-n", name, "--ef", `${root}/keys.env`, "config", "command"]),
      await at.manyoyo(["-n", name, "--ef", `${root}/keys.env`, "-m", "dind", "-x", "nosuch"]),
    ];
    const container = [
      await field(engine, name, "json .Config.Labels"),
      await field(engine, name, "json .Config.Cmd"),
      await field(engine, name, "json .Args"),
    ];
    const text = [...said.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...container].join("\n");
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  turn("is not in the message of a failed making", async () => {
    const name = at.name();
    const said = await at.manyoyo([
      "-n",
      name,
      "--ef",
      `${root}/keys.env`,
      "--engine-arg=--nosuchflag",
      "-x",
      "true",
    ]);
    expect(said.status).toBe(125);
    for (const secret of secrets) expect(said.stderr).not.toContain(secret);
  });
});
