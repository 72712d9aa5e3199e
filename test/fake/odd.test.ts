import { beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import type { EngineName } from "../support/engines.ts";
import { fake, inspected, missing, prints } from "../support/fake.ts";
import { until } from "../support/manyoyo.ts";

const place = fake();
beforeEach(() => place.clear());

const engines: readonly EngineName[] = ["docker", "podman"];
const using = (engine: EngineName) => ({ env: { MANYOYO_ENGINE: engine, DOCKER_HOST: "tcp://x:1" } });
const join = ["-n", "web", "-x", "true"];
const running = { "container inspect": prints(inspected("web")), exec: "echo ran" };

/** No stack, no source, no name of an error's class: sentences only. */
function expectSentences(stderr: string): void {
  expect(stderr).toStartWith("manyoyo: ");
  expect(stderr).not.toMatch(/\n\s+at |TypeError|SyntaxError|undefined|\[object|manyoyo itself/);
  expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
}

describe.each([...engines])("an answer of %s that makes no sense", (engine) => {
  test.each([
    ["garbage", "<html>502 Bad Gateway</html>"],
    ["cut off", inspected("web").slice(0, -30)],
    ["empty", ""],
    ["an empty list", "[]"],
    ["null", "null"],
    ["of another shape", '[{"Id":7}]'],
  ])("to inspect (%s) is an error of the engine, and nothing is made or run", async (_what, text) => {
    place.engine(engine, { "container inspect": prints(text) });
    const { status, stdout, stderr } = await place.manyoyo(join, using(engine));
    expect([status, stdout]).toEqual([125, ""]);
    expectSentences(stderr);
    expect(place.calls().map(([, verb]) => verb)).toEqual(["container"]);
  });

  test.each([
    ["garbage", "<html>502 Bad Gateway</html>"],
    ["cut off", '[{"Id":"4f6a","Names":["web"]'],
    ["of another shape", '{"id":7}'],
  ])("to ps (%s) is an error of the engine, also as JSON", async (_what, text) => {
    place.engine(engine, { ps: prints(text) });
    const { status, stdout, stderr } = await place.manyoyo(["ls"], using(engine));
    expect([status, stdout]).toEqual([125, ""]);
    expectSentences(stderr);
    const json = await place.manyoyo(["ls", "--json"], using(engine));
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "engine-failed" } });
  });

  test("to ps (nothing) is an empty list", async () => {
    place.engine(engine, { ps: "" });
    expect(await place.manyoyo(["ls"], using(engine))).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });
});

describe.each([...engines])("%s", (engine) => {
  test("that crashes while it is asked is an error with a sentence", async () => {
    place.engine(engine, { any: "kill -SEGV $$" });
    for (const words of [["ls"], join]) {
      const { status, stdout, stderr } = await place.manyoyo(words, using(engine));
      expect([status, stdout]).toEqual([125, ""]);
      expectSentences(stderr);
      expect(stderr).toContain("139");
    }
  });

  test("that warns on stderr and succeeds has succeeded, and its warning is not an answer", async () => {
    const warning = 'time="now" level=warning msg="no swap"\\nWARNING: Error loading config\\n';
    const ps = prints(engine === "podman" ? "[]" : "");
    place.engine(engine, {
      ...running,
      ps: `printf '${warning}' >&2; ${ps}`,
      "container inspect": `printf '${warning}' >&2; ${running["container inspect"]}`,
    });
    expect(await place.manyoyo(["ls", "--json"], using(engine))).toMatchObject({ status: 0, stderr: "" });
    expect(await place.manyoyo(join, using(engine))).toMatchObject({
      status: 0,
      stdout: "ran\n",
      stderr: "",
    });
  });

  // What the image would say decides whether it is a session.
  const doubted = {
    Config: {
      Image: "box:1",
      Labels: {
        "manyoyo.session": "uuid-1",
        "manyoyo.default_cmd": "bash",
        "manyoyo.name": "web",
        "manyoyo.image": "box:1",
        "manyoyo.workspace": "/src",
      },
      Env: [],
      WorkingDir: "/w",
    },
  };
  const listedDoubted =
    engine === "docker"
      ? {
          id: "4f6a",
          name: "web",
          status: "running",
          created: "2026-01-05 07:09:00 +0000 UTC",
          image: "box:1",
          mounts: "",
          labels: doubted.Config.Labels,
        }
      : {
          Id: "4f6a",
          Names: ["web"],
          State: "running",
          Created: 1_767_596_940,
          Image: "box:1",
          ImageID: "aa",
          Labels: doubted.Config.Labels,
        };

  test.each([
    ["fails", "echo 'Error: disk I/O error' >&2; exit 125"],
    ["says what makes no sense", "echo garbage"],
  ])(
    "that %s when it is asked for an image has told of no session, which is listed all the same",
    async (_what, script) => {
      place.engine(engine, {
        "container inspect": prints(inspected("web", doubted)),
        ps: prints(engine === "docker" ? JSON.stringify(listedDoubted) : JSON.stringify([listedDoubted])),
        "image inspect": script,
        exec: "exit 1",
        rm: "echo removed",
      });
      for (const words of [join.slice(0, 2).concat("--", "true"), ["rm", "-f", "web"]]) {
        const { status, stdout, stderr } = await place.manyoyo(words, using(engine));
        expect([status, stdout]).toEqual([125, ""]);
        expectSentences(stderr);
      }
      expect(place.calls().map(([, verb]) => verb)).not.toContain("rm");
      expect(await place.manyoyo(["ls", "--names"], using(engine))).toMatchObject({
        status: 0,
        stdout: "web\n",
      });
    },
  );

  test("that cannot describe one image hides no session of another one", async () => {
    const of = (name: string, image: string): object =>
      engine === "docker"
        ? { ...listedDoubted, id: `4f6a${name}`, name, image, labels: { "manyoyo.default_cmd": "bash" } }
        : {
            ...listedDoubted,
            Id: `4f6a${name}`,
            Names: [name],
            Image: image,
            ImageID: image,
            Labels: { "manyoyo.default_cmd": "bash" },
          };
    const all = [of("one", "a1"), of("two", "b2"), of("three", "c3")];
    place.engine(engine, {
      ps: prints(
        engine === "docker" ? all.map((each) => JSON.stringify(each)).join("\n") : JSON.stringify(all),
      ),
      "image inspect": `shift 2
case " $* " in *' b2 '*) echo 'Error: input/output error' >&2; exit 125 ;; esac
echo '[{"Id":"sha256:aa","Config":{"Labels":null}}]'`,
    });
    const { stdout } = await place.manyoyo(["ls", "--names"], using(engine));
    expect(stdout.trim().split("\n").toSorted()).toEqual(["one", "three"]);
  });

  test("whose image of a session is gone: the session is used as before, and a container without its workspace is none", async () => {
    const gone = {
      docker: "echo '[]'; echo 'Error: No such image: sha256:aa' >&2; exit 1",
      podman: "echo '[]'; echo 'Error: inspecting object: aa: image not known' >&2; exit 125",
    };
    for (const [mounts, status] of [
      [[{ Type: "bind", Source: "/src", Destination: "/w", RW: true }], 0],
      [[], 125],
    ] as const) {
      place.engine(engine, {
        "container inspect": prints(inspected("web", { ...doubted, Mounts: mounts })),
        "image inspect": gone[engine],
        exec: "exit 0",
      });
      expect((await place.manyoyo(join, using(engine))).status).toBe(status);
    }
  });

  test("that needs two seconds to answer is waited for", async () => {
    place.engine(engine, { ...running, "container inspect": `sleep 2; ${running["container inspect"]}` });
    expect(await place.manyoyo(join, using(engine))).toMatchObject({ status: 0, stdout: "ran\n" });
  });

  test.each([
    ["TERM", 143],
    ["INT", 130],
    ["HUP", 129],
  ] as const)("that does not answer holds nobody who sends %s", async (signal, status) => {
    for (const words of [["ls"], join]) {
      place.clear();
      place.engine(engine, { any: "exec sleep 30" });
      const pids: number[] = [];
      const begun = place.manyoyo(words, { ...using(engine), onStart: (pid) => pids.push(pid) });
      await until("the engine is asked", () => place.calls().length > 0);
      const start = performance.now();
      for (const pid of pids) process.kill(pid, `SIG${signal}`);
      expect((await begun).status).toBe(status);
      expect(performance.now() - start).toBeLessThan(1500);
    }
  });

  test("that is killed while the command runs passes on how it ended", async () => {
    place.engine(engine, { ...running, exec: '[ "$2" = --interactive ] && kill -KILL $$; exit 0' });
    const { status, stdout } = await place.manyoyo(join, using(engine));
    expect([status, stdout]).toEqual([137, ""]);
    const [, , ender] = place.calls();
    expect(ender?.slice(1, 6)).toContain("/bin/sh");
    expect(ender?.at(-1) === "0" || ender?.includes("KILL")).toBe(true);
  });

  test("whose session is gone after the command says so instead of passing on a status that nobody gave", async () => {
    place.engine(engine, {
      "container inspect": `[ -f "$state/ran" ] && { ${missing[engine]} }\n${running["container inspect"]}`,
      exec: `touch "$state/ran"; exit 137`,
    });
    const { status, stderr } = await place.manyoyo(join, using(engine));
    expect(status).toBe(125);
    expect(stderr).toBe(
      'manyoyo: The session "web" was removed meanwhile.\n  See which there are: manyoyo ls\n',
    );
  });

  test("without the image in a script: the error names the command that makes it", async () => {
    const says: Readonly<Record<EngineName, string>> = {
      docker: "docker: Error response from daemon: No such image: localhost/manyoyo:1-common.",
      podman: "Error: localhost/manyoyo:1-common: image not known",
    };
    place.engine(engine, { "container inspect": missing[engine], run: `${prints(says[engine], 2)}exit 125` });
    const { status, stdout, stderr } = await place.manyoyo(join, using(engine));
    expect([status, stdout]).toEqual([125, ""]);
    expect(stderr).toBe(
      "manyoyo: The image localhost/manyoyo:1-common is not here.\n  Build it: manyoyo image build\n",
    );
    const json = await place.manyoyo([...join.slice(0, 2), "--json", ...join.slice(2)], using(engine));
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "no-image" } });
  });

  test("that finds the name taken when it makes it: somebody else made it, and it is joined", async () => {
    const says: Readonly<Record<EngineName, string>> = {
      docker:
        'docker: Error response from daemon: Conflict. The container name "/web" is already in use by container "4f6a". You have to remove (or rename) that container to be able to reuse that name.',
      podman: 'Error: creating container storage: the container name "web" is already in use by 4f6a.',
    };
    place.engine(engine, {
      "container inspect": `[ -f "$state/taken" ] || { ${missing[engine]} }\n${running["container inspect"]}`,
      run: `touch "$state/taken"\n${prints(says[engine], 2)}exit 125`,
      exec: "echo ran",
    });
    expect(await place.manyoyo(join, using(engine))).toMatchObject({
      status: 0,
      stdout: "ran\n",
      stderr: "",
    });
    expect(place.calls().map(([, verb]) => verb)).toEqual(["container", "run", "container", "exec"]);
  });
});

test("the other engine that hangs when it is asked for the name holds nobody longer than two seconds", async () => {
  place.engine("podman", { any: "exec sleep 30" });
  place.engine("docker", { "container inspect": missing.docker, run: "echo 4f6a", exec: "echo ran" });
  const start = performance.now();
  const said = await place.manyoyo(join, using("docker"));
  expect(said).toMatchObject({ status: 0, stdout: "ran\n" });
  const elapsed = performance.now() - start;
  expect(elapsed).toBeGreaterThan(1900);
  expect(elapsed).toBeLessThan(5000);
});

test("a session of that name in the other engine is a conflict that names it", async () => {
  place.engine("podman", { "container inspect": prints(inspected("web")) });
  place.engine("docker", { "container inspect": missing.docker });
  const { status, stderr } = await place.manyoyo(
    [...join.slice(0, 2), "--json", ...join.slice(2)],
    using("docker"),
  );
  expect(status).toBe(125);
  const { error } = JSON.parse(stderr);
  expect(error.code).toBe("name-taken");
  expect(error.hint).toContain("--engine podman -n web");
});

test("a session to take a profile from that is an option of the engine's program is refused before anybody is asked", async () => {
  place.engine("docker", { any: "echo '[]'" });
  const { status, stderr } = await place.manyoyo(
    ["profile", "new", "made", "--from=--format={{.Config.Env}}"],
    using("docker"),
  );
  expect([status, stderr]).toEqual([2, 'manyoyo: "--format={{.Config.Env}}" is no session name.\n']);
  expect(place.calls()).toEqual([]);
});

describe("a file without end", () => {
  test.each([
    [["profile", "show", "/dev/zero"]],
    [["-n", "web", "-d", "-r", "/dev/zero"]],
    [["-n", "web", "-d", "--ef", "/dev/zero"]],
  ])("is not read to its end: %j", async (words) => {
    place.engine("docker", { "container inspect": missing.docker });
    const { status, stdout, stderr } = await place.manyoyo(words, using("docker"));
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("/dev/zero");
    expect(stderr).toContain("it is larger than 10 MB");
    expectSentences(stderr);
  });

  test("in the place of the settings is an error, and TAB goes without", async () => {
    const home = `${place.home}/endless`;
    mkdirSync(`${home}/.manyoyo`, { recursive: true });
    symlinkSync("/dev/zero", `${home}/.manyoyo/manyoyo.json`);
    place.engine("docker", { ps: prints("") });
    const how = { env: { ...using("docker").env, HOME: home } };
    const { status, stderr } = await place.manyoyo(["ls"], how);
    expect(status).toBe(2);
    expect(stderr).toContain("manyoyo.json: it is larger than 10 MB");
    const told = await place.manyoyo(["complete", "--", "ls", "--jso"], how);
    expect(told).toMatchObject({ status: 0, stdout: expect.stringContaining("--json"), stderr: "" });
  });

  test("is not what a pipe of the shell is", async () => {
    const settings = "{ yolo: 'claude' }";
    // Nor is a file that the shell has removed again, as it does with what is too long for a pipe.
    const removed = `-r /dev/fd/3 3<<<"${settings}$(printf %99999s ' ')"`;
    for (const shell of [`-r <(printf %s "${settings}")`, removed]) {
      const how = { ...using("docker"), shell };
      const { status, stdout, stderr } = await place.manyoyo(["config", "show"], how);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("claude");
    }
  });
});
