import { afterAll, beforeAll } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { importBase } from "./base.ts";
import { makeBridge } from "./bridge.ts";
import { startDockerd } from "./dockerd.ts";
import { testImage } from "./engines.ts";
import { runProgram, until } from "./manyoyo.ts";
import { closePlace, newPlace } from "./place.ts";

/** A dockerd of one test file alone, which it may stop and hang up as it likes. */
export interface OwnDaemon {
  /** What makes the client talk to it. */
  readonly env: { readonly DOCKER_HOST?: string };
  /** Its folder; its data are a small disk of their own in `docker`. */
  place(): string;
  pid(): number;
  start(words?: readonly string[]): Promise<void>;
  /** Ends it politely. A killed one could not be started again where nobody reaps its containerd. */
  stop(): Promise<void>;
  /** It takes calls, and answers none. */
  hang(): void;
  /** It answers again, also what was asked meanwhile. Does nothing to one that answers. */
  goOn(): void;
  /** Runs docker's client with it. @returns its stdout @throws an Error when it fails */
  docker(...words: readonly string[]): Promise<string>;
  /** Names and states of all containers. */
  containers(): Promise<string>;
}

/** Must be called while tests are being defined. @param disk the size of its disk in MB */
export function ownDaemon(disk = 900): OwnDaemon {
  const at = {
    place: "",
    pid: 0,
    words: [] as readonly string[],
    extra: [] as readonly string[],
    env: {} as { DOCKER_HOST?: string },
  };
  const start = async (words: readonly string[] = []): Promise<void> => {
    const socket = join(at.place, "docker.sock");
    const log = join(at.place, "dockerd.log");
    at.extra = words;
    at.pid = await startDockerd({ socket, log, words: [...at.words, ...words] });
  };
  const signal = (name: NodeJS.Signals): void => {
    if (existsSync(`/proc/${at.pid}`)) process.kill(at.pid, name);
  };
  const stop = async (): Promise<void> => {
    signal("SIGCONT");
    signal("SIGTERM");
    await until("the daemon is gone", () => !existsSync(`/proc/${at.pid}`), 30_000);
  };
  const docker = async (...words: readonly string[]): Promise<string> => {
    const said = await runProgram(["docker", ...words], { env: at.env });
    if (said.status !== 0) throw new Error(`docker ${words.join(" ")}: ${said.stderr}`);
    return said.stdout;
  };
  beforeAll(async () => {
    at.place = await newPlace();
    at.env.DOCKER_HOST = `unix://${join(at.place, "docker.sock")}`;
    const data = join(at.place, "docker");
    const made = `mkdir "$1" && mount -t tmpfs -o size=${disk}M tmpfs "$1"`;
    const mounted = await runProgram(["sh", "-c", made, "sh", data]);
    if (mounted.status !== 0) throw new Error(mounted.stderr);
    const folders = ["--data-root", data, "--exec-root", join(at.place, "exec")];
    const pidfile = ["--pidfile", join(at.place, "docker.pid")];
    at.words = [...folders, ...pidfile, "--bridge", await makeBridge(at.place), "--shutdown-timeout", "1"];
    await start();
    await importBase({ engine: "docker", reference: testImage, environment: at.env });
  }, 120_000);
  afterAll(async () => {
    signal("SIGCONT");
    // One that leaves its containers running (live-restore) would leave them behind.
    if (at.extra.length > 0) {
      await stop();
      await start();
    }
    await closePlace(at.place);
  }, 60_000);
  return {
    env: at.env,
    place: () => at.place,
    pid: () => at.pid,
    start,
    stop,
    hang: () => signal("SIGSTOP"),
    goOn: () => signal("SIGCONT"),
    docker,
    containers: () => docker("ps", "--all", "--format", "{{.Names}} {{.State}}"),
  };
}
