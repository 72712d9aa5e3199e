import { beforeEach, describe, expect, test } from "bun:test";
import type { EngineName } from "../support/engines.ts";
import { fake, prints } from "../support/fake.ts";

const place = fake();
beforeEach(() => place.clear());

interface Row {
  readonly what: string;
  readonly engine: EngineName;
  /** What the engine's program prints, as it really does. */
  readonly says: string;
  readonly status: number;
  readonly code: string;
  readonly sentence: string;
  readonly hint: RegExp | undefined;
}

const podmanDown = (why: string): string =>
  `Cannot connect to Podman. Please verify your connection to the Linux system using \`podman system connection list\`, or try \`podman machine init\` and \`podman machine start\` to manage a new Linux VM\nError: unable to connect to Podman socket: Get "http://d/v4.3.1/libpod/_ping": dial unix /run/podman.sock: connect: ${why}\n`;

const rows: readonly Row[] = [
  {
    what: "not started",
    engine: "docker",
    says: "Cannot connect to the Docker daemon at unix:///run/d.sock. Is the docker daemon running?\n",
    status: 1,
    code: "engine-down",
    sentence: "docker is installed but does not answer.",
    hint: /systemctl start docker.*--engine podman/,
  },
  {
    what: "not started",
    engine: "podman",
    says: podmanDown("no such file or directory"),
    status: 125,
    code: "engine-down",
    sentence: "podman is installed but does not answer.",
    hint: /podman machine start.*--engine docker/,
  },
  {
    what: "refusing the user",
    engine: "docker",
    says: 'permission denied while trying to connect to the Docker daemon socket at unix:///run/d.sock: Get "http://%2Frun%2Fd.sock/v1.24/containers/json": dial unix /run/d.sock: connect: permission denied\n',
    status: 1,
    code: "engine-down",
    sentence: "You may not use docker: its socket refuses your user.",
    hint: /usermod -aG docker.*--engine podman/,
  },
  {
    what: "refusing the user",
    engine: "podman",
    says: podmanDown("permission denied"),
    status: 125,
    code: "engine-down",
    sentence: "You may not use podman: its socket refuses your user.",
    hint: /--engine docker/,
  },
  {
    what: "answering with an error",
    engine: "docker",
    says: "Error response from daemon: client version 1.50 is too new. Maximum supported API version is 1.41\n",
    status: 1,
    code: "engine-failed",
    sentence: "client version 1.50 is too new. Maximum supported API version is 1.41.",
    hint: undefined,
  },
  {
    what: "answering with an error",
    engine: "podman",
    says: "Error: cannot re-exec process: no space left on device\n",
    status: 125,
    code: "engine-failed",
    sentence: "cannot re-exec process: no space left on device.",
    hint: /Make room.*manyoyo prune/,
  },
];

const calls = [
  ["ls"],
  ["-n", "web", "-x", "true"],
  ["exec", "web", "--", "true"],
  ["-y", "c", "-n", "web", "-d"],
];

describe.each(rows.map((row) => [`${row.engine} ${row.what}`, row] as const))("%s", (_title, row) => {
  beforeEach(() => place.engine(row.engine, { any: `${prints(row.says, 2)}exit ${row.status}` }));

  test.each(calls.map((words) => [words.join(" "), words] as const))(
    "is one sentence and a hint on stderr, and 125: %s",
    async (_line, words) => {
      const { status, stdout, stderr } = await place.manyoyo(words, { env: { MANYOYO_ENGINE: row.engine } });
      expect([status, stdout]).toEqual([125, ""]);
      const [first = "", second = "", ...more] = stderr.trimEnd().split("\n");
      expect(first).toStartWith("manyoyo: ");
      expect(first).toContain(row.sentence);
      if (row.hint === undefined) expect(second).toBe("");
      else expect(second).toMatch(row.hint);
      expect(more).toEqual(row.code === "engine-down" ? ["  More: manyoyo doctor"] : []);
    },
  );

  test("is one JSON line with its code for a script", async () => {
    const said = await place.manyoyo(["ls", "--json"], { env: { MANYOYO_ENGINE: row.engine } });
    expect([said.status, said.stdout]).toEqual([125, ""]);
    expect(said.stderr.trimEnd()).not.toContain("\n");
    expect(JSON.parse(said.stderr)).toMatchObject({ schema: 1, error: { code: row.code } });
  });
});

describe("a docker that does not answer", () => {
  const docker = { any: "echo 'Cannot connect to the Docker daemon at tcp://x:1. Is it?' >&2; exit 1" };

  test("is no reason to switch to podman where it was told whom to talk to, and the error names that way", async () => {
    place.engine("docker", docker);
    place.engine("podman", { any: "echo '[]'" });
    const { status, stderr } = await place.manyoyo(["ls"], { env: { DOCKER_HOST: "tcp://x:1" } });
    expect(status).toBe(125);
    expect(stderr).toContain("--engine podman");
    expect(place.calls().map(([name]) => name)).toEqual(["docker"]);
  });

  test("as the other engine has no say about a name", async () => {
    place.engine("docker", docker);
    place.engine("podman", {
      "container inspect": `echo 'Error: no container with name or ID "web" found: no such container' >&2; exit 125`,
      run: "echo 4f6a",
      exec: "echo ran",
    });
    const said = await place.manyoyo(["-n", "web", "-x", "true"], {
      env: { MANYOYO_ENGINE: "podman", DOCKER_HOST: "tcp://x:1" },
    });
    expect(said).toMatchObject({ status: 0, stdout: "ran\n" });
  });
});
