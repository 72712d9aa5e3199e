import { describe, expect, test } from "bun:test";
import {
  type CommandLineOptions,
  commandLineLayer,
  environmentLayer,
} from "../../../lib/settings/command-line.ts";
import { type Layer, mergeLayers } from "../../../lib/settings/layer.ts";
import { failureOf } from "./failure-of.ts";

const nothing: Layer = { origin: "x", env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
const env = { HOME: "/home/me" };
const line = (options: CommandLineOptions) => commandLineLayer(options, "/work", env);

describe("layers become one value", () => {
  test("no layers say nothing", () => {
    expect(mergeLayers([])).toEqual({ env: [], volumes: [], ports: [], engineArgs: [], quiet: [] });
  });

  test("of scalars, the last layer that says one wins", () => {
    const merged = mergeLayers([
      { ...nothing, containerName: "global", imageVersion: "1", menu: "never" },
      { ...nothing, containerName: "profile", hostPath: "/p" },
      { ...nothing, containerName: undefined, hostPath: "/line" },
    ]);
    expect(merged).toMatchObject({
      containerName: "profile",
      hostPath: "/line",
      imageVersion: "1",
      menu: "never",
    });
  });

  test("an empty word is said, too", () => {
    expect(
      mergeLayers([
        { ...nothing, shellSuffix: "-l" },
        { ...nothing, shellSuffix: "" },
      ]).shellSuffix,
    ).toBe("");
  });

  test("lists add up in order, and repeat nothing", () => {
    const merged = mergeLayers([
      line({ publish: ["80"], volume: ["/a:/1"], engineArg: ["--x"], quiet: ["tip"], env: ["A=1", "B=1"] }),
      line({
        publish: ["81", "80"],
        volume: ["bb:/2"],
        engineArg: ["--x"],
        quiet: ["cmd,tip"],
        env: ["A=2"],
      }),
    ]);
    expect(merged.ports).toEqual(["127.0.0.1::80", "127.0.0.1::81"]);
    expect(merged.volumes.map((mount) => mount.target)).toEqual(["/1", "/2"]);
    expect(merged.engineArgs).toEqual(["--x", "--x"]);
    expect(merged.quiet).toEqual(["tip", "cmd"]);
    expect(merged.env).toEqual([
      { name: "B", value: "1" },
      { name: "A", value: "2" },
    ]);
  });

  test("a later mount takes the place of an earlier one at the same target", () => {
    const merged = mergeLayers([line({ volume: ["/a:/t", "/b:/u"] }), line({ volume: ["/c:/t/"] })]);
    expect(merged.volumes).toMatchObject([{ source: "/b" }, { source: "/c", target: "/t" }]);
  });

  test("yolo and shell are two ways to say one thing: the last layer decides", () => {
    const profile = { ...nothing, yolo: "c", shellPrefix: "A=1" };
    expect(mergeLayers([profile, { ...nothing, shell: "make" }])).toMatchObject({
      yolo: undefined,
      shell: "make",
      shellPrefix: "A=1",
    });
    expect(mergeLayers([{ ...nothing, shell: "make" }, profile])).toMatchObject({
      yolo: "c",
      shell: undefined,
    });
    expect(mergeLayers([profile, nothing])).toMatchObject({ yolo: "c" });
  });

  test("a whole image puts name and version of a profile aside", () => {
    const merged = mergeLayers([
      { ...nothing, imageName: "mine", imageVersion: "2" },
      { ...nothing, image: "reg.io/x:1" },
    ]);
    expect(merged).toMatchObject({ image: "reg.io/x:1", imageName: undefined, imageVersion: undefined });
  });
});

describe("the command line is a layer", () => {
  test("that says nothing where nothing was given", () => {
    expect(line({})).toEqual({ ...nothing, origin: "command line" });
  });

  test("with every path made absolute from the current folder", () => {
    const layer = line({ hostPath: "../x", contPath: "/in/", volume: ["./a:/a", "~/b:/b"] });
    expect(layer).toMatchObject({ hostPath: "/x", containerPath: "/in" });
    expect(layer.volumes).toMatchObject([{ source: "/work/a" }, { source: "/home/me/b" }]);
  });

  test("with every word as it was given", () => {
    const layer = line({
      contName: "web-{now}",
      imageName: "mine",
      imageVer: "2",
      contMode: "sock",
      shell: "a 'b' $c",
      shellPrefix: "X=1",
      shellSuffix: "-l",
      yolo: "cx",
      engine: "podman",
      engineArg: ["--cpus=2", "--label=a b"],
      quiet: ["cnew", "full"],
      env: ["A=b=c", "TERM"],
    });
    expect(layer).toMatchObject({
      containerName: "web-{now}",
      imageName: "mine",
      imageVersion: "2",
      containerMode: "sock",
      shell: "a 'b' $c",
      shellPrefix: "X=1",
      shellSuffix: "-l",
      yolo: "cx",
      engine: "podman",
      engineArgs: ["--cpus=2", "--label=a b"],
      quiet: ["cnew", "full"],
      env: [{ name: "A", value: "b=c" }, { name: "TERM" }],
    });
  });

  test("in which '.' stays this folder's session", () => {
    expect(line({ contName: "." }).containerName).toBe(".");
  });

  const refused: readonly [CommandLineOptions, string][] = [
    [{ contName: "a" }, "name of a session"],
    [{ contName: "-x" }, "name of a session"],
    [{ contName: "é1" }, "name of a session"],
    [{ contName: "x".repeat(61) }, "name of a session"],
    [{ contName: "ab\n" }, "name of a session"],
    [{ contName: `${"x".repeat(55)}{now}` }, "name of a session"],
    [{ hostPath: "" }, "empty value"],
    [{ contPath: "in" }, "place inside"],
    [{ image: "a", imageVer: "1" }, "--image names the whole image"],
    [{ image: "a b" }, "name of an image"],
    [{ imageVer: "1:2" }, "version of an image"],
    [{ contMode: "host" }, "container mode"],
    [{ engine: "lxc" }, "engine"],
    [{ quiet: ["tip", "all"] }, "message"],
    [{ env: ["=secret"] }, "no usable name"],
    [{ volume: ["a"] }, "absolute path"],
    [{ publish: ["x"] }, "port"],
    [{ yolo: "" }, "not an agent"],
    [{ yolo: "gpt" }, "not an agent"],
  ];
  test.each(refused)("%j is refused: %s", (options, why) => {
    const failure = failureOf(() => line(options));
    expect(failure.code).toBe("usage");
    expect(failure.message).toContain(why);
  });

  test.each(["ab", "my-0204-1430", "A.b_c-9", "x".repeat(60), `${"x".repeat(51)}{now}`])(
    "%s may be a name",
    (contName) => {
      expect(line({ contName }).containerName).toBe(contName);
    },
  );
});

test("MANYOYO_ENGINE is a layer of its own, empty meaning nothing", () => {
  expect(environmentLayer({ MANYOYO_ENGINE: "podman" }).engine).toBe("podman");
  expect(environmentLayer({ MANYOYO_ENGINE: "" }).engine).toBeUndefined();
  expect(environmentLayer({}).engine).toBeUndefined();
  expect(failureOf(() => environmentLayer({ MANYOYO_ENGINE: "lxc" })).code).toBe("settings");
});
