import type { EngineName } from "./engines.ts";
import { again, type Chance, controls, mutatedJson, mutatedText, nastyWord } from "./hostile.ts";
import type { Answer } from "./recorder.ts";

const id = "4f6a".repeat(16);

/** Labels of a session. What stands in them can be written by anybody who may make a container. */
function labels(name: string, text: (usual: string) => string): Readonly<Record<string, string>> {
  return {
    "manyoyo.session": "uuid-1",
    "manyoyo.default_cmd": text("bash"),
    "manyoyo.args": text('["-c","x"]'),
    "manyoyo.agent": text("claude"),
    "manyoyo.workspace": text("/w"),
    "manyoyo.name": name,
    "manyoyo.image": "localhost/manyoyo:1-common",
    "manyoyo.options": text(
      '{"volumes":["--mount type=bind,\\"source=/a\\",\\"target=/b\\""],"ports":["127.0.0.1:1:1"],"mode":"common"}',
    ),
    "manyoyo.commands_as": text("root"),
  };
}

type Change = (value: unknown) => unknown;

/** The answers of an engine with a session "web", all of which went through `change`; and what stands in its texts through `text`. */
function answersOf(
  engine: EngineName,
  text: (usual: string) => string,
  change: Change,
): Record<string, unknown> {
  const all = labels("web", text);
  const inspected = {
    Id: id,
    Name: "/web",
    Created: "2026-01-05T07:09:00Z",
    Image: "sha256:aa",
    ImageName: "localhost/manyoyo:1-common",
    State: {
      Status: "running",
      ExitCode: 0,
      StartedAt: "2026-01-05T07:09:00Z",
      FinishedAt: "0001-01-01T00:00:00Z",
    },
    Config: {
      Image: "localhost/manyoyo:1-common",
      Labels: all,
      Env: [`A=${text("b")}`, text("HOME=/root")],
      WorkingDir: text("/w"),
      User: text(""),
      Cmd: ["-c", text("x")],
    },
    HostConfig: {
      Privileged: false,
      NetworkMode: text("bridge"),
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: text("80") }] },
      CapAdd: [text("SYS_ADMIN")],
      Binds: null,
    },
    Mounts: [
      { Type: "bind", Source: text("/w"), Destination: text("/w"), RW: true },
      { Type: "volume", Name: text("data"), Source: "/x", Destination: "/data", RW: true },
    ],
    NetworkSettings: { Ports: {} },
  };
  const listed =
    engine === "docker"
      ? {
          id,
          name: "web",
          status: "running",
          created: "2026-01-05 07:09:00 +0000 UTC",
          told: text("Up 2 hours"),
          size: "12kB (virtual 1GB)",
          image: "localhost/manyoyo:1-common",
          mounts: text("/w"),
          labels: all,
        }
      : {
          Id: id,
          Names: ["web"],
          State: "running",
          Created: 1767596940,
          StartedAt: 1767596940,
          ExitedAt: -62135596800,
          Size: { rwSize: 7 },
          Image: "localhost/manyoyo:1-common",
          ImageID: "aa",
          Labels: all,
        };
  const stats =
    engine === "docker"
      ? { ID: id, CPUPerc: "0.10%", MemUsage: text("1MiB / 2GiB"), NetIO: text("1kB / 2kB"), PIDs: "3" }
      : { id, cpu_time: text("1.5s"), mem_usage: text("1MB / 2GB"), net_io: "1kB / 2kB", pids: "3" };
  const image = {
    Id: "sha256:aa",
    RepoTags: ["localhost/box:1"],
    Size: 7,
    Created: "2026-01-05T07:09:00Z",
    Config: {
      Labels: { "manyoyo.note": text("x"), "manyoyo.image.agents": text("claude 1") },
      Env: [],
      User: text(""),
    },
    RootFS: { Layers: ["sha256:bb"] },
    Architecture: "amd64",
    Os: "linux",
  };
  const volume = {
    Name: "data",
    Labels: { "manyoyo.history": text("web") },
    CreatedAt: "2026-01-05T07:09:00Z",
    Mountpoint: "/x",
  };
  return {
    "container inspect": change([inspected]),
    ps: change([listed]),
    stats: change([stats]),
    "image inspect": change([image]),
    "volume inspect": change([volume]),
    version: change({
      Client: { Version: "29.0.0", ApiVersion: "1.50" },
      Server: { Version: text("29.0.0") },
    }),
  };
}

/** As the engine prints them: docker a line each for its lists. */
function printed(engine: EngineName, verb: string, value: unknown): string {
  const lines = engine === "docker" && (verb === "ps" || verb === "stats") && Array.isArray(value);
  return lines ? value.map((each) => `${JSON.stringify(each)}\n`).join("") : `${JSON.stringify(value)}\n`;
}

/** What containers can tell of themselves, with hostile texts in all their labels, logs and messages. */
export function hostileTexts(chance: Chance, engine: EngineName): Readonly<Record<string, Answer>> {
  const text = (usual: string): string => {
    if (chance.once(3)) return usual;
    return chance.once(2) ? `${usual}${chance.one(controls)}` : mutatedText(chance, usual);
  };
  const answers = answersOf(engine, text, (value) => value);
  const stamp = (): string => `2026-01-05T07:09:0${chance.number(10)}.000000000Z`;
  const log = [
    "manyoyo made",
    `manyoyo start 0123456789abcdef ${encodeURIComponent(text("me").toWellFormed())},${encodeURIComponent(text("npm test").toWellFormed())},background`,
    `manyoyo start 0123456789abcde0 ${text("me,%1b%5b31m,background")}`,
    text("output"),
    `${nastyWord(chance)}${chance.one(controls)}`,
    "manyoyo end 0123456789abcdef 3",
    `manyoyo end 0123456789abcdef ${nastyWord(chance)}`,
  ];
  return {
    ...Object.fromEntries(
      Object.entries(answers).map(([verb, value]) => [verb, { stdout: printed(engine, verb, value) }]),
    ),
    logs: { stdout: log.map((line) => `${stamp()} ${line}\n`).join("") },
    exec: {
      stdout: `0123456789abcdef 1 ${text("me")} ${text("x")}\n`,
      stderr: text("boom"),
      status: chance.one([0, 1]),
    },
    "image ls": {
      stdout: `${text("localhost/box")}\t${text("1")}\n${text("localhost/manyoyo-snapshot")}\t${text("web--t")}\n`,
    },
    "volume ls": { stdout: `${text("data")}\n${text("cache")}\n` },
    images: { stdout: `${text("sha256:aa")}\n` },
    ...Object.fromEntries(
      ["start", "stop", "rm", "wait", "run", "create", "diff", "cp"]
        .filter(() => chance.once(2))
        .map((verb) => [
          verb,
          {
            stderr: `Error response from daemon: ${text("conflict")} ${chance.one(controls)}\n`,
            status: chance.one([1, 125]),
          },
        ]),
    ),
  };
}

/** Answers that are broken: other types, keys gone or added, cut off, doubled, huge, or no JSON at all. */
export function hostileShapes(chance: Chance, engine: EngineName): Readonly<Record<string, Answer>> {
  const change = (value: unknown): unknown => again(chance, 3, value, (each) => mutatedJson(chance, each));
  const answers = answersOf(engine, (usual) => usual, change);
  return {
    any: { stderr: `Error: ${nastyWord(chance)}\n`, status: chance.one([0, 0, 1, 125]) },
    ...Object.fromEntries(
      Object.entries(answers).map(([verb, value]) => {
        const text = printed(engine, verb, value);
        const broken = chance.once(3) ? mutatedText(chance, text) : text;
        const huge = chance.once(200) ? broken.repeat(3000) : broken;
        return [verb, { stdout: huge, status: chance.one([0, 0, 0, 1]) }];
      }),
    ),
    logs: {
      stdout: chance.one(["", nastyWord(chance), nastyWord(chance).repeat(100)]),
      status: chance.one([0, 0, 1]),
    },
    "image ls": { stdout: nastyWord(chance) },
    "volume ls": { stdout: nastyWord(chance) },
    images: { stdout: nastyWord(chance) },
  };
}
