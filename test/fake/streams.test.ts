import { beforeEach, describe, expect, test } from "bun:test";
import { executable } from "../support/engines.ts";
import { fake, inspected, prints } from "../support/fake.ts";
import { runProgram } from "../support/manyoyo.ts";

const place = fake();
const env = { MANYOYO_ENGINE: "podman" };
const listed = [
  {
    Id: "4f6a",
    Names: ["web"],
    State: "running",
    Created: 1_767_596_940,
    Image: "localhost/manyoyo:1-common",
    ImageID: "aa",
    Labels: {
      "manyoyo.session": "u",
      "manyoyo.default_cmd": "bash",
      "manyoyo.name": "web",
      "manyoyo.image": "localhost/manyoyo:1-common",
    },
  },
];

beforeEach(() => {
  place.clear();
  place.engine("podman", {
    // The reader of the pipe is gone by then.
    ps: `sleep 0.2; ${prints(JSON.stringify(listed))}`,
    "container inspect": prints(inspected("web")),
    exec: "cat; echo ran; echo said >&2; exit 7",
  });
});

const answers = [["ls"], ["ls", "--json"], ["ls", "--names"], ["-h"], ["--version"], ["config", "path"]];
const exec = ["exec", "web", "--", "true"];

describe("a reader that went away", () => {
  test.each(answers.slice(0, 3).map((words) => [words.join(" "), words] as const))(
    "ends %s with 141 and without a word",
    async (_line, words) => {
      const said = await place.manyoyo(words, { env, shell: "| :" });
      expect(said).toMatchObject({ status: 141, stdout: "", stderr: "" });
    },
  );

  test("after the first line ends it the same way", async () => {
    place.engine("podman", {
      ps: prints(
        JSON.stringify(Array.from({ length: 3000 }, (_, at) => ({ ...listed[0], Names: [`web-${at}`] }))),
      ),
      "image inspect": prints('[{"Id":"sha256:aa"}]'),
    });
    const said = await place.manyoyo(["ls"], { env, shell: "| /usr/bin/head -1" });
    expect(said.status).toBe(141);
    expect(said.stdout).toStartWith("NAME");
    expect(said.stderr).toBe("");
  });

  test("of stderr is nobody's failure", async () => {
    const said = await place.manyoyo(["exec", "none", "--", "true"], { env, shell: "2> >(:)" });
    expect(said).toMatchObject({ status: 125, stdout: "" });
  });
});

describe("a file that others write as well", () => {
  test.each([
    ["nothing", ["complete", "--", "c", ""], /^$/],
    ["some words", ["complete", "--", "config", ""], /^show\t.*\ncommand\t.*\npath\t.*\n$/],
    ["a version", ["--version"], /^\S+\n$/],
  ])("keeps what is in it where the answer is %s", async (_what, words, answer) => {
    for (const script of [
      '(echo before; "$@"; echo after) >file',
      'echo before >file; ("$@"; echo after) >>file',
    ]) {
      const shell = ["sh", "-c", `${script}; cat file`, "sh", executable(), ...words];
      const { stdout } = await runProgram(shell, { cwd: place.folder, env: { HOME: place.home } });
      expect(stdout.startsWith("before\n") && stdout.endsWith("after\n"), JSON.stringify(stdout)).toBe(true);
      expect(stdout.slice("before\n".length, -"after\n".length)).toMatch(answer);
    }
  });
});

describe("a stdout that is full", () => {
  test.each(answers.map((words) => [words.join(" "), words] as const))(
    "is an error of %s and not success",
    async (_line, words) => {
      const said = await place.manyoyo(words, { env, shell: "> /dev/full" });
      expect(said.status).toBe(125);
      expect(said.stderr).toContain("The answer could not be written");
    },
  );
});

describe("a stdout that is closed", () => {
  // A version is told before anything is loaded that could look.
  const looking = [...answers.filter(([word]) => word !== "--version"), ["config", "show"]];
  test.each(looking.map((words) => [words.join(" "), words] as const))(
    "is an error of %s and not success",
    async (_line, words) => {
      const said = await place.manyoyo(words, { env, shell: ">&-" });
      expect(said.status).toBe(125);
      expect(said.stderr).toContain("The answer could not be written: stdout is closed.");
    },
  );

  test("is none where it was opened as /dev/null, in whichever way", async () => {
    for (const shell of [">/dev/null", "1<>/dev/null", "<&- >/dev/null"]) {
      expect(await place.manyoyo(["ls"], { env, shell })).toMatchObject({ status: 0, stderr: "" });
    }
  });

  test("lets the command's status through", async () => {
    expect((await place.manyoyo(exec, { env, shell: ">&-" })).status).toBe(7);
  });
});

describe("a stderr that is closed or full", () => {
  test.each(["2>&-", "2>/dev/full"])("changes no status and no answer: %s", async (shell) => {
    expect(await place.manyoyo(exec, { env, shell })).toMatchObject({ status: 7, stdout: "ran\n" });
    expect(await place.manyoyo(["ls", "--names"], { env, shell })).toMatchObject({
      status: 0,
      stdout: "web\n",
    });
    expect(await place.manyoyo(["--bogus"], { env, shell })).toMatchObject({ status: 2, stdout: "" });
    expect(await place.manyoyo(["exec", "none", "--", "true"], { env, shell })).toMatchObject({
      status: 125,
    });
  });
});

describe("a stdin", () => {
  test("that is closed is an empty one", async () => {
    expect(await place.manyoyo(exec, { env, shell: "<&-" })).toMatchObject({ status: 7, stdout: "ran\n" });
    expect((await place.manyoyo(["ls"], { env, shell: "<&-" })).status).toBe(0);
  });

  test("passes through to the command, byte by byte", async () => {
    const input = "a\u0000b\r\n\u001b[1m\u00ff".repeat(20_000);
    expect((await place.manyoyo(exec, { env, input })).stdout).toBe(`${input}ran\n`);
  });

  test("is left alone by what does not need it", async () => {
    const said = await place.manyoyo(["ls", "--names"], { env, input: "rest", shell: "; /bin/cat" });
    expect(said.stdout).toBe("web\nrest");
  });
});

test("the command's own words on stderr pass through, and nothing of ours is among them", async () => {
  expect(await place.manyoyo(exec, { env })).toMatchObject({ status: 7, stdout: "ran\n", stderr: "said\n" });
});
