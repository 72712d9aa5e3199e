import { beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fake, inspected, prints } from "../support/fake.ts";

// As root nothing is locked: what goes round in a circle and what has too long a name can be asked for by nobody.
const place = fake();
// What a call leaves goes with the rest: nothing here takes it away.
const env = { MANYOYO_ENGINE: "docker", TMPDIR: dirname(place.home) };
const settings = `${place.home}/.manyoyo`;
const long = "x".repeat(300);
const isRoot = process.getuid?.() === 0;

beforeEach(() => {
  place.clear();
  rmSync(settings, { recursive: true, force: true });
  mkdirSync(`${settings}/run`, { recursive: true });
  for (const left of ["round", "locked"]) rmSync(`${place.folder}/${left}`, { force: true });
  place.engine("docker", {
    "container inspect": prints(inspected("web", { State: { Status: "exited", ExitCode: 0 } })),
    cp: "echo 'Error: No such container:path: web:/x' >&2; exit 1",
    "image inspect": "echo '[]'; echo 'Error: No such image: x' >&2; exit 1",
    ps: "exit 0",
  });
});

/** A link that leads to itself. */
function circle(path: string): string {
  symlinkSync(path, path);
  return path;
}

describe("a manyoyo.json that cannot be looked at", () => {
  test.each([["ls"], ["rm web"], ["exec web -- true"], ["-n web -x true"]])(
    "is one sentence with its path to %s",
    async (line) => {
      const file = circle(`${settings}/manyoyo.json`);
      const said = await place.manyoyo(line.split(" "), { env: { DOCKER_HOST: "tcp://x:1" } });
      expect(said).toMatchObject({ status: 2, stdout: "" });
      expect(said.stderr).toBe(`manyoyo: Cannot read ${file}: its symbolic links go round in a circle.\n`);
    },
  );

  test("as its folder cannot be there is as good as none", async () => {
    const home = { DOCKER_HOST: "tcp://x:1", MANYOYO_HOME: `/${long}` };
    expect(await place.manyoyo(["ls"], { env: home })).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("a file that is named and cannot be read is a mistake of the line, and nobody is asked anything:", () => {
  const lines = [["import"], ["history", "restore", "web"]];

  test.each(lines.map((words) => [words.join(" "), words] as const))("%s", async (_line, words) => {
    circle(`${place.folder}/round`);
    const refused = async (file: string, sentence: string): Promise<void> => {
      const said = await place.manyoyo([...words, file], { env });
      expect(said).toMatchObject({ status: 2, stdout: "", stderr: `manyoyo: ${sentence}\n` });
    };
    await refused("none", "There is no file none.");
    await refused("./.", "There is no file ./..");
    await refused("round/x", "round/x cannot be read: its symbolic links go round in a circle.");
    await refused(long, `${long.slice(0, 60)}... cannot be read: its name is too long.`);
    expect(place.calls()).toEqual([]);
  });

  test.skipIf(isRoot).each(lines.map((words) => [words.join(" "), words] as const))(
    "%s, of a file that is locked",
    async (_line, words) => {
      writeFileSync(`${place.folder}/locked`, "x");
      chmodSync(`${place.folder}/locked`, 0);
      const said = await place.manyoyo([...words, "locked"], { env });
      expect(said).toMatchObject({
        status: 2,
        stderr: "manyoyo: locked cannot be read: permission denied.\n",
      });
    },
  );
});

test.each([
  ["a text", "no archive at all"],
  ["nothing", ""],
])("a backup that is %s is refused with a sentence and nothing else", async (_what, text) => {
  writeFileSync(`${place.folder}/b.tgz`, text);
  for (const shell of ["", "- < b.tgz"]) {
    const file = shell === "" ? ["b.tgz"] : [];
    const said = await place.manyoyo(["history", "restore", "--json", "web", ...file], { env, shell });
    expect(said).toMatchObject({ status: 2, stdout: "" });
    expect(said.stderr.trimEnd().split("\n").length).toBe(1);
    expect(JSON.parse(said.stderr)).toMatchObject({ error: { code: "usage" } });
  }
});

test("a backup for a session that is not there is not even opened", async () => {
  writeFileSync(`${place.folder}/b.tgz`, "no archive at all");
  place.engine("docker", {
    "container inspect": "sleep 0.3; echo '[]'; echo 'Error: No such container: x' >&2; exit 1",
    "volume inspect": "sleep 0.3; echo '[]'; echo 'Error: No such volume: x' >&2; exit 1",
    ps: "exit 0",
  });
  const said = await place.manyoyo(["history", "restore", "--json", "web", "b.tgz"], { env });
  expect(said).toMatchObject({ status: 125, stdout: "" });
  expect(JSON.parse(said.stderr)).toMatchObject({ error: { code: "no-session" } });
});

test("--base, profile rm and doctor take what cannot be looked at for what is not there, or say so", async () => {
  circle(`${place.folder}/round`);
  const base = await place.manyoyo(["image", "build", "--base", "./round/x"], { env });
  expect(base).toMatchObject({ status: 2, stdout: "" });
  expect(base.stderr).toContain("There is no file");
  circle(`${settings}/run/web.json`);
  expect((await place.manyoyo(["profile", "rm", "-f", "web"], { env })).stderr).not.toContain("defect");
  mkdirSync(`${settings}/env`);
  const file = circle(`${settings}/env/key.env`);
  const doctor = await place.manyoyo(["doctor"], { env });
  expect(doctor.stdout + doctor.stderr).toContain(file);
  expect(doctor.stdout + doctor.stderr).not.toContain("defect");
});

test("init takes an agent's file that goes round in a circle for none", async () => {
  mkdirSync(`${place.home}/.claude`);
  circle(`${place.home}/.claude/.credentials.json`);
  mkdirSync(`${place.home}/.codex`);
  circle(`${place.home}/.codex/auth.json`);
  const said = await place.manyoyo(["init", "--dry-run"], { env });
  expect(said.stderr).not.toContain("defect");
  rmSync(`${place.home}/.claude`, { recursive: true });
  rmSync(`${place.home}/.codex`, { recursive: true });
});
