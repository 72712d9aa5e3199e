import { beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseEngine } from "../../lib/engine/engine.ts";
import { Failure } from "../../lib/failure.ts";
import { fake } from "../support/fake.ts";

const place = fake();
const noSocket = join(place.home, "no.sock");
const [docker, podman] = [{ ps: "echo docker >&2" }, { ps: "echo '[]'" }];
const bin = join(place.home, "../bin");

/** Which engine is chosen, and which other one is asked for names, on a machine without docker's usual socket. */
function chosen(env: Readonly<Record<string, string>>, named?: "docker" | "podman"): string {
  const { engine, other } = chooseEngine(named, { PATH: bin, HOME: place.home, ...env }, noSocket);
  return [engine.name, other?.name ?? "none"].join(", other ");
}

function config(text: string, folder = join(place.home, ".docker")): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), text);
}

beforeEach(() => {
  place.clear();
  config("{}");
});

describe("of docker and podman", () => {
  beforeEach(() => {
    place.engine("docker", docker);
    place.engine("podman", podman);
  });

  test("podman is used where docker is a client with nothing to talk to", () => {
    expect(chosen({})).toBe("podman, other none");
  });

  test.each([
    ["DOCKER_HOST", { DOCKER_HOST: "tcp://nowhere.invalid:1" }],
    ["DOCKER_CONTEXT", { DOCKER_CONTEXT: "work" }],
  ])("docker is used where %s gives it something to talk to", (_name, env) => {
    expect(chosen(env)).toBe("docker, other podman");
  });

  test("docker is used where there is a socket at the usual place", () => {
    const env = { PATH: bin, HOME: place.home };
    expect(chooseEngine(undefined, env, place.home).engine.name).toBe("docker");
  });

  test("docker is used where its settings name a context", () => {
    config('{"currentContext":"work"}');
    expect(chosen({})).toBe("docker, other podman");
    config('{"currentContext":"work"}', join(place.home, "elsewhere"));
    config("{}");
    expect(chosen({ DOCKER_CONFIG: join(place.home, "elsewhere") })).toBe("docker, other podman");
  });

  test.each(['{"currentContext":"default"}', '{"currentContext":""}', "{", "[]", "null", ""])(
    "settings of docker that say %j name none",
    (text) => {
      config(text);
      expect(chosen({})).toBe("podman, other none");
    },
  );

  test("the named one is used, and the other one is asked for names only where it is usable", () => {
    expect(chosen({}, "docker")).toBe("docker, other podman");
    expect(chosen({}, "podman")).toBe("podman, other none");
    expect(chosen({ DOCKER_CONTEXT: "work" }, "podman")).toBe("podman, other docker");
  });
});

test("docker alone is used although it has nothing to talk to: its own message says more", () => {
  place.engine("docker", docker);
  expect(chosen({})).toBe("docker, other none");
});

test("an engine that is named and not installed is an error that says so", () => {
  place.engine("podman", podman);
  const refused = (): unknown => chosen({}, "docker");
  expect(refused).toThrow(Failure);
  expect(refused).toThrow("docker is not installed.");
});

describe("the executable", () => {
  test("says that nothing is installed, in a sentence, a hint and a status", async () => {
    expect(await place.manyoyo(["ls"])).toMatchObject({
      status: 125,
      stdout: "",
      stderr:
        "manyoyo: Neither docker nor podman is installed.\n  Install one of them, for example: apt-get install podman\n  More: manyoyo doctor\n",
    });
  });

  test("says the same to a script", async () => {
    const { status, stdout, stderr } = await place.manyoyo(["ls", "--json"]);
    expect([status, stdout]).toEqual([125, ""]);
    expect(JSON.parse(stderr)).toMatchObject({ schema: 1, error: { code: "no-engine" } });
  });

  test.each([
    ["--engine", ["--engine", "podman"], {}],
    ["MANYOYO_ENGINE", [], { MANYOYO_ENGINE: "podman" }],
  ])("uses the engine that %s names", async (_how, words, env) => {
    place.engine("docker", docker);
    place.engine("podman", podman);
    const said = await place.manyoyo(["ls", ...words], { env: { DOCKER_HOST: "tcp://x:1", ...env } });
    expect(said.status).toBe(0);
    expect(place.calls().map(([name]) => name)).toEqual(["podman"]);
  });

  test("lets --engine win over MANYOYO_ENGINE, and that over manyoyo.json", async () => {
    place.engine("docker", docker);
    place.engine("podman", podman);
    mkdirSync(join(place.home, ".manyoyo"), { recursive: true });
    const settings = join(place.home, ".manyoyo", "manyoyo.json");
    writeFileSync(settings, '{"engine":"docker"}');
    await place.manyoyo(["ls"]);
    await place.manyoyo(["ls"], { env: { MANYOYO_ENGINE: "podman" } });
    await place.manyoyo(["ls", "--engine", "docker"], { env: { MANYOYO_ENGINE: "podman" } });
    writeFileSync(settings, "{}");
    expect(place.calls().map(([name]) => name)).toEqual(["docker", "podman", "docker"]);
  });

  test.each([
    ["MANYOYO_ENGINE", [], { MANYOYO_ENGINE: "dokcer" }],
    ["--engine", ["--engine", "dokcer"], {}],
  ])("refuses an engine that nobody knows in %s, and names the known ones", async (how, words, env) => {
    place.engine("docker", docker);
    const { status, stdout, stderr } = await place.manyoyo(["ls", ...words], { env });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("dokcer");
    expect(stderr).toContain("docker");
    expect(stderr).toContain("podman");
    expect(stderr).toContain(how);
    expect(place.calls()).toEqual([]);
  });

  test("takes an empty MANYOYO_ENGINE for none", async () => {
    place.engine("podman", podman);
    expect((await place.manyoyo(["ls"], { env: { MANYOYO_ENGINE: "" } })).status).toBe(0);
  });
});
