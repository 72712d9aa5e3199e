import { beforeEach, describe, expect, test } from "bun:test";
import { endText, guardText, initText, prepareText, runText, whoText } from "../../lib/inside/texts.ts";
import type { EngineName } from "../support/engines.ts";
import { fake, inspected, missing, prints, sessionId } from "../support/fake.ts";

const place = fake();
beforeEach(() => place.clear());

const engines: readonly EngineName[] = ["docker", "podman"];
const using = (engine: EngineName) => ({ env: { MANYOYO_ENGINE: engine } });
const verbs = (): readonly string[] => place.calls().map(([, ...words]) => words.slice(0, 2).join(" "));

const ownImage = "localhost/manyoyo:1-common";
const session = (image: string): Readonly<Record<string, string>> => ({
  "manyoyo.session": "uuid-1",
  "manyoyo.default_cmd": "bash",
  "manyoyo.name": "web",
  "manyoyo.image": image,
});

describe.each([...engines])("%s is asked no more than it takes", (engine) => {
  beforeEach(() => {
    place.engine(engine, {
      "container inspect": prints(inspected("web")),
      exec: "exit 7",
      ps: prints(engine === "podman" ? "[]" : ""),
    });
  });

  test.each([
    ["--version"],
    ["-V"],
    ["--version --json"],
    ["--json -V"],
    ["-h"],
    ["--help"],
    ["ls -h"],
    ["help"],
    ["--bogus"],
    [""],
    ["config path"],
  ])("nothing by %j", async (line) => {
    await place.manyoyo(line.split(" ").filter(Boolean), using(engine));
    expect(place.calls()).toEqual([]);
  });

  test.each([["ls"], ["ls --json"], ["ls --names"], ["-l"]])("one question by %j", async (line) => {
    expect((await place.manyoyo(line.split(" "), using(engine))).status).toBe(0);
    expect(place.calls().length).toBe(1);
  });

  test.each([
    ["one more for each image, not for each session, by a list of the original tool's", "box:1", {}, 2],
    ["the same by a list of sessions of an image that anybody may have made", "box:1", session("box:1"), 2],
    ["one by a list of sessions of manyoyo's own image", ownImage, session(ownImage), 1],
  ])("%s", async (_what, image, labels, most) => {
    const docker = (at: number): object => ({
      id: `4f6a${at}`,
      name: `old-${at}`,
      status: "running",
      created: "2026-01-05 07:09:00 +0000 UTC",
      image,
      mounts: "",
      labels: { "manyoyo.default_cmd": "bash", ...labels, "manyoyo.name": `old-${at}` },
    });
    const podman = (at: number): object => ({
      Id: `4f6a${at}`,
      Names: [`old-${at}`],
      State: "running",
      Created: 1_767_596_940,
      Image: image,
      ImageID: "aa",
      Labels: { "manyoyo.default_cmd": "bash", ...labels, "manyoyo.name": `old-${at}` },
    });
    const all = Array.from({ length: 50 }, (_, at) => (engine === "docker" ? docker(at) : podman(at)));
    place.engine(engine, {
      ps: prints(
        engine === "docker" ? all.map((each) => JSON.stringify(each)).join("\n") : JSON.stringify(all),
      ),
      "image inspect": prints('[{"Id":"sha256:aa","Config":{"Labels":null}}]'),
    });
    const { stdout } = await place.manyoyo(["ls", "--names"], using(engine));
    expect(stdout.trim().split("\n").length).toBe(50);
    expect(verbs()).toEqual(["ps --all", "image inspect"].slice(0, most));
  });

  test("an inspect more by a command in a session of an image that anybody may have made", async () => {
    const Config = { Image: "box:1", Labels: session("box:1"), Env: [], WorkingDir: "/w" };
    place.engine(engine, {
      "container inspect": prints(inspected("web", { Config })),
      "image inspect": prints('[{"Id":"sha256:aa","Config":{"Labels":null}}]'),
      exec: "exit 7",
    });
    expect((await place.manyoyo(["-n", "web", "-x", "true"], using(engine))).status).toBe(7);
    expect(verbs().toSorted()).toEqual(["container inspect", "exec --interactive", "image inspect"]);
  });

  test("an inspect and an exec by a command in a session that runs", async () => {
    expect((await place.manyoyo(["-n", "web", "-x", "true"], using(engine))).status).toBe(7);
    expect(verbs()).toEqual(["container inspect", "exec --interactive"]);
    expect((await place.manyoyo(["exec", "web", "--", "true"], using(engine))).status).toBe(7);
    expect(place.calls().length).toBe(4);
  });

  test.each([
    ["inspect web", ["container inspect"]],
    ["logs web", ["container inspect", "logs --timestamps"]],
    ["start web", ["container inspect"]],
  ])("one inspect, and what there is to do, by %j", async (line, asked) => {
    await place.manyoyo(line.split(" "), using(engine));
    expect(verbs().slice(0, 2)).toEqual([...asked]);
    expect(verbs().filter((words) => words === "container inspect")).toEqual(["container inspect"]);
  });

  test("nothing by a line that names the other engine", async () => {
    const other = engines.find((each) => each !== engine) ?? engine;
    place.engine(other, { "container inspect": prints(inspected("web")) });
    await place.manyoyo(["inspect", "web", "--engine", other], using(engine));
    expect(place.calls().map(([program]) => program)).toEqual([other]);
  });

  test("an inspect, a run and an exec by a command that makes its session", async () => {
    place.engine(engine, { "container inspect": missing[engine], run: `echo ${sessionId}`, exec: "exit 7" });
    expect((await place.manyoyo(["-n", "web", "-x", "true"], using(engine))).status).toBe(7);
    expect(verbs()).toEqual(["container inspect", "run --detach", "exec --interactive"]);
  });
});

describe.each([...engines])("words of the user never become options of %s", (engine) => {
  const odd = ["-e", "--privileged", "", "a b", "$(x)", "'", '"', "\n", "日本", "--", "-"];

  test("a command's words stand after the session, each as it was", async () => {
    place.engine(engine, { "container inspect": prints(inspected("web")), exec: "exit 0" });
    await place.manyoyo(["exec", "web", "--", ...odd], using(engine));
    await place.manyoyo(["-n", "web", "-x", ...odd], using(engine));
    await place.manyoyo(["-n", "web", "--", ...odd], using(engine));
    const execs = place.calls().filter(([, verb]) => verb === "exec");
    expect(execs.length).toBe(3);
    for (const words of execs) {
      expect(words.slice(-odd.length)).toEqual(odd);
      const at = words.indexOf("/bin/sh") - 1;
      // docker is started before the id is known; the run itself then looks for it.
      expect([sessionId, "web"]).toContain(words[at] ?? "");
      expect(words[at + 2]).toBe("-c");
      expect(at).toBeLessThan(words.length - odd.length);
    }
  });

  test.each([
    [["-n", "-x"]],
    [["-n=--privileged", "-x", "true"]],
    [["-n", "--help=x", "-x", "true"]],
    [["exec", "--", "-rf", "true"]],
    [["rm", "-f", "--", "-a"]],
    [["stop", "--", "--all"]],
    [["-n", "a;b", "-x", "true"]],
    [["-n", "", "-x", "true"]],
    [["-n", "../x", "-x", "true"]],
    [["-n", "x", "-x", "true"]],
  ])("a name that could be one is refused before the engine is asked: %j", async (words) => {
    place.engine(engine, { any: "exit 0" });
    const { status, stdout, stderr } = await place.manyoyo(words, using(engine));
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toStartWith("manyoyo: ");
    expect(place.calls()).toEqual([]);
  });

  test("values of variables are in no call", async () => {
    place.engine(engine, { "container inspect": missing[engine], run: `echo ${sessionId}`, exec: "exit 0" });
    const words = ["-n", "web", "-e", "TOKEN=sekret-1", "-e", "LINES=sekret-2\nb", "-x", "true"];
    expect((await place.manyoyo(words, using(engine))).status).toBe(0);
    expect(JSON.stringify(place.calls())).not.toContain("sekret");
    place.engine(engine, { "container inspect": prints(inspected("web")), exec: "exit 0" });
    expect((await place.manyoyo(words, using(engine))).status).toBe(0);
    expect(JSON.stringify(place.calls())).not.toContain("sekret");
  });

  test("an id or the start of one is no name", async () => {
    place.engine(engine, { any: prints(inspected("web")) });
    const { status, stderr } = await place.manyoyo(["exec", "4f6a", "--", "true"], using(engine));
    expect(status).toBe(125);
    expect(stderr).toContain("manyoyo: ");
    expect(place.calls().some(([, verb]) => verb === "exec")).toBe(false);
  });
});

describe("the sh texts that travel", () => {
  const shells = ["/bin/sh", "dash", "bash"].filter((shell) => Bun.which(shell) !== null);
  const texts = {
    init: initText(),
    prepare: prepareText(),
    run: runText(),
    end: endText(),
    who: whoText(),
    guard: guardText(),
  };
  test.each(Object.entries(texts))("are read by every shell at hand: %s", async (_name, text) => {
    for (const shell of shells) {
      const child = Bun.spawn([shell, "-n", "-c", text], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
      expect(await child.stderr.text()).toBe("");
      expect(await child.exited).toBe(0);
    }
  });
});
