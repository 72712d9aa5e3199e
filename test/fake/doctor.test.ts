import { beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { EngineName } from "../support/engines.ts";
import { fake, prints } from "../support/fake.ts";

const place = fake();
const home = join(place.home, ".manyoyo");

beforeEach(() => {
  place.clear();
  rmSync(home, { recursive: true, force: true });
  rmSync(join(place.home, ".bashrc"), { force: true });
});

function put(path: string, text: string, mode = 0o600): string {
  const file = join(home, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

interface Finding {
  readonly about: string;
  readonly level: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly mended: boolean;
}

async function findings(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const said = await place.manyoyo(["doctor", "--json", ...words], { env });
  expect(said.stderr).toBe("");
  const found: readonly Finding[] = JSON.parse(said.stdout).findings;
  return { status: said.status, found, of: (about: string) => found.filter((each) => each.about === about) };
}

const noImage: Readonly<Record<EngineName, string>> = {
  docker: "echo '[]'; echo 'Error: No such image: x' >&2; exit 1",
  podman: "echo '[]'; echo 'Error: x: image not known' >&2; exit 125",
};
const isVersion = (version: string): string => prints(`{"Client":{"Version":"${version}"}}`);
const versions: Readonly<Record<EngineName, string>> = { docker: "20.10.24+dfsg1", podman: "4.3.1" };

/** An engine that answers and has nothing. */
const empty = (name: EngineName) => ({
  ps: name === "podman" ? "echo '[]'" : ":",
  version: isVersion(versions[name]),
  "image inspect": noImage[name],
  images: ":",
});

const inTrouble: Readonly<Record<string, readonly [lines: string, sentence: string, remedy: RegExp | null]>> =
  {
    "not started": [
      "echo 'Cannot connect to the Docker daemon at unix:///d.sock. Is the docker daemon running?' >&2; exit 1",
      "docker is installed but does not answer.",
      /systemctl start docker/,
    ],
    "refusing the user": [
      "echo 'permission denied while trying to connect to the Docker daemon socket at unix:///d.sock' >&2; exit 1",
      "You may not use docker: its socket refuses your user.",
      /usermod -aG docker/,
    ],
    "answering with an error": [
      "echo 'Error response from daemon: client version 1.50 is too new.' >&2; exit 1",
      "docker could not list its containers: client version 1.50 is too new.",
      null,
    ],
  };

describe("doctor", () => {
  test("without any engine says so, looks at the rest, and fails", async () => {
    const { status, of } = await findings();
    expect(status).toBe(125);
    expect(of("engine").map(({ level, message }) => [level, message])).toEqual([
      ["problem", "Neither docker nor podman is installed."],
      ["note", "docker is not installed."],
      ["note", "podman is not installed."],
    ]);
    expect(of("container")).toEqual([]);
    expect(of("settings")).toHaveLength(1);
    expect(of("shell")).toHaveLength(2);
  });

  test.each(Object.entries(inTrouble))("names a docker that is %s in its own words", async (_what, row) => {
    const [any, sentence, remedy] = row;
    place.engine("docker", { any });
    const { status, of } = await findings([], { DOCKER_HOST: "unix:///d.sock" });
    expect(status).toBe(125);
    const problem = of("engine").find(({ level }) => level === "problem");
    expect(problem?.message).toBe(sentence);
    if (remedy === null) expect(problem?.remedy).toBeNull();
    else expect(problem?.remedy).toMatch(remedy);
    expect(of("container")).toEqual([]);
  });

  test.each([
    ["docker", "19.03.15", "20.10"],
    ["podman", "3.4.4", "4.1"],
  ] as const)("says that a %s of version %s is too old", async (name, old, oldest) => {
    place.engine(name, { ...empty(name), version: isVersion(old) });
    const { status, of } = await findings();
    expect(status).toBe(125);
    expect(of("engine")).toContainEqual(
      expect.objectContaining({
        level: "problem",
        message: `${name} ${old} answers, but is too old: sessions need ${name} ${oldest} or newer.`,
        remedy: `Install a newer ${name}.`,
      }),
    );
  });

  test("takes an engine that is down but not used for a note", async () => {
    place.engine("docker", { any: inTrouble["not started"]?.[0] ?? "" });
    place.engine("podman", { ...empty("podman"), "image inspect": noImage.podman });
    const { of } = await findings(["--engine", "podman"]);
    expect(of("engine").map(({ level, message }) => [level, message])).toEqual([
      ["ok", "podman is used, as said by command line."],
      ["note", "docker is installed but does not answer."],
      ["ok", "podman 4.3.1 answers."],
    ]);
  });

  test.each([
    [
      ["docker", "podman"],
      { DOCKER_HOST: "unix:///d" },
      "docker is used: it has something to talk to, and goes first.",
    ],
    [["docker"], { DOCKER_HOST: "unix:///d" }, "docker is used: podman is not installed."],
    [["podman"], {}, "podman is used: docker is not installed."],
    [["podman"], { MANYOYO_ENGINE: "podman" }, "podman is used, as said by MANYOYO_ENGINE."],
  ] as const)("says why: of %j with %j", async (names, env, sentence) => {
    for (const name of names) place.engine(name, empty(name));
    expect((await findings([], { ...env })).of("engine")[0]).toMatchObject({
      level: "ok",
      message: sentence,
    });
  });

  test("without an image says how to get one, and tries no container", async () => {
    place.engine("podman", empty("podman"));
    const { status, of } = await findings();
    expect(status).toBe(125);
    expect(of("image")).toEqual([
      {
        about: "image",
        level: "problem",
        message: "The image localhost/manyoyo:1-common is not here, so no session can be made.",
        remedy: "manyoyo image build",
        mended: false,
      },
    ]);
    expect(of("container")).toMatchObject([{ level: "note", remedy: "manyoyo image build" }]);
    expect(place.calls().some(([, verb]) => verb === "run")).toBe(false);
  });

  test("says that an engine hangs when it is asked for its images, and looks at the rest", async () => {
    // Until the test takes the folder away.
    const hang = 'while [ -d "$state" ]; do sleep 0.1; done';
    place.engine("podman", { ...empty("podman"), "image inspect": hang });
    const { status, of } = await findings();
    expect(status).toBe(125);
    expect(of("image")).toMatchObject([
      {
        level: "problem",
        message: "podman does not answer within 10 seconds.",
        remedy: "Start it anew.",
      },
    ]);
    expect(of("shell")).toHaveLength(2);
  }, 30_000);

  test("finds each mistake of the settings, with its place", async () => {
    const global = put("manyoyo.json", '{\n  menu: "nevr",\n}');
    const web = put("run/web.json", '{\n  yolo: "c",\n  volums: [],\n}');
    const api = put("run/api.json", '{ envFile: ["nothing"] }');
    const bad = put("env/bad.env", "A=1\nB='never closed\n");
    const { status, of } = await findings([], { MANYOYO_ENGINE: "dcoker" });
    expect(status).toBe(125);
    const messages = of("settings").map(({ level, message }) => `${level} ${message}`);
    expect(messages).toHaveLength(5);
    expect(messages.join("\n")).toContain('problem The variable MANYOYO_ENGINE is "dcoker"');
    expect(messages.join("\n")).toContain(`problem ${global}:2:3: `);
    expect(messages.join("\n")).toContain(`problem ${web}:3:3: There is no setting "volums"`);
    expect(messages.join("\n")).toContain(`problem ${api}:1:13: There is no env file "nothing"`);
    expect(messages.join("\n")).toContain(`problem ${bad}:2: The quote ' is never closed.`);
  });

  test("says a mistake of manyoyo.json once, however many profiles are in it", async () => {
    put("manyoyo.json", "{ runs: { a: {}, b: {}, c: { x: 1 } } }");
    expect((await findings()).of("settings")).toHaveLength(1);
  });

  test("tells of a profile that hides another one", async () => {
    put("manyoyo.json", "{ runs: { web: {} } }");
    put("run/web.json", "{}");
    expect((await findings()).of("settings")).toMatchObject([{ level: "note" }]);
  });

  test("protects env files and sets up TAB with --fix, and only then", async () => {
    const file = put("env/web.env", "A=1\n", 0o644);
    const env = { SHELL: "/bin/bash" };
    const before = await findings([], env);
    expect(before.status).toBe(125);
    expect(before.of("settings")).toMatchObject([
      { level: "problem", remedy: `chmod 600 ${file}`, mended: false },
    ]);
    expect(before.of("shell")[0]).toMatchObject({ level: "note", remedy: "manyoyo completion --install" });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    const fixed = await findings(["--fix"], env);
    expect(fixed.of("settings")).toMatchObject([{ mended: true }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(place.home, ".bashrc"), "utf8")).toContain("manyoyo completion");
    const after = await findings([], env);
    expect(after.of("settings")).toMatchObject([{ level: "ok" }]);
    expect(after.of("shell")[0]).toMatchObject({
      level: "ok",
      message: "TAB completes manyoyo's words in bash.",
    });
  });

  test.each([
    ["bash", ".bashrc", "# mine\nsource <(manyoyo completion bash)\n"],
    ["zsh", ".zshrc", "compinit\n. <(/opt/bin/manyoyo completion zsh)\n"],
    ["fish", ".config/fish/config.fish", "manyoyo completion fish | source\n"],
  ])("sees that TAB is set up by hand in %s, and leaves it alone", async (shell, file, text) => {
    const path = join(place.home, file);
    mkdirSync(dirname(path), { recursive: true });
    const look = async () => (await findings(["--fix"], { SHELL: `/bin/${shell}` })).of("shell")[0];
    const inOrder = {
      level: "ok",
      message: `The completion for ${shell} is set up in ${path}.`,
      mended: false,
    };
    writeFileSync(path, text);
    expect(await look()).toMatchObject(inOrder);
    expect(readFileSync(path, "utf8")).toBe(text);
    // What is commented out sets nothing up.
    writeFileSync(path, `# ${text.replaceAll("\n", " ")}\n`);
    expect(await look()).toMatchObject({ level: "note", mended: true });
    await place.manyoyo(["completion", "--uninstall", shell]);
    rmSync(path, { force: true });
  });

  test.each([
    ["bash", "manyoyo.bash", "bash-completion/completions/manyoyo"],
    ["zsh", "_manyoyo", "zsh/vendor-completions/_manyoyo"],
    ["zsh", "_manyoyo", "zsh/site-functions/_manyoyo"],
    ["fish", "manyoyo.fish", "fish/vendor_completions.d/manyoyo.fish"],
  ])(
    "sees the completion for %s that a package brought, and makes no second one",
    async (shell, text, file) => {
      const data = join(place.home, "data of packages");
      const path = join(data, file);
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(import.meta.dir, "../../completions", text), path);
      const env = { SHELL: `/bin/${shell}`, XDG_DATA_DIRS: `relative:/nowhere:${data}` };
      const look = async () => (await findings(["--fix"], env)).of("shell")[0];
      expect(await look()).toMatchObject({
        level: "ok",
        message: `The completion for ${shell} is set up in ${path}.`,
      });
      writeFileSync(path, "another version\n");
      expect(await look()).toMatchObject({
        level: "note",
        message: `The completion for ${shell} in ${path} is not quite that of this manyoyo.`,
        mended: false,
      });
      expect(existsSync(join(place.home, ".bashrc"))).toBe(false);
      expect(existsSync(join(place.home, ".local/share"))).toBe(false);
      rmSync(data, { recursive: true });
    },
  );

  test("prints a sentence a line, with what mends it below", async () => {
    put("env/web.env", "A=1\n", 0o640);
    const said = await place.manyoyo(["doctor"]);
    expect(said.status).toBe(125);
    expect(said.stdout).toStartWith(
      "problem  Neither docker nor podman is installed.\n         Install one of them",
    );
    expect(said.stdout).toContain(`web.env, which can hold secrets.\n         chmod 600 `);
  });

  test("with a home folder that cannot be read, or none, still says the rest", async () => {
    writeFileSync(home, "a file in its place");
    expect((await findings()).of("shell")).toHaveLength(2);
  });
});
