import { connect } from "node:net";
import { constants } from "node:os";
import { answer } from "./print.ts";

// What there is to do when docker starts us as its plugin `docker-manyoyo`, by the link that `manyoyo install
// docker-cli-plugin` made: https://docs.docker.com/engine/extend/cli_plugins/ does not say it, docker/cli's
// cli-plugins/manager does. Loaded only then.

type Variables = Record<string, string | undefined>;

/** What a line of docker's means for us. */
export interface Meant {
  readonly words: readonly string[];
  /** Variables to set, or to take away, for its own options before our name. */
  readonly variables: Readonly<Variables>;
}

/** Options of docker's that take a value, and what each says. */
const valued: ReadonlyMap<string, (value: string) => Variables> = new Map([
  // A context on the line wins over DOCKER_HOST, which wins over a context in a variable.
  ...["-c", "--context"].map((word) => [word, contextSaid] as const),
  ...["-H", "--host"].map((word) => [word, hostSaid] as const),
  ["--config", configSaid],
  // How much docker itself tells.
  ...["-l", "--log-level"].map((word) => [word, nothingSaid] as const),
]);

function contextSaid(value: string): Variables {
  return { DOCKER_CONTEXT: value, DOCKER_HOST: undefined, MANYOYO_ENGINE: "docker" };
}

function hostSaid(value: string): Variables {
  return { DOCKER_HOST: value, MANYOYO_ENGINE: "docker" };
}

function configSaid(value: string): Variables {
  return { DOCKER_CONFIG: value, MANYOYO_ENGINE: "docker" };
}

function nothingSaid(): Variables {
  return {};
}

/**
 * Our own words of what docker calls us with: `[OPTIONS OF DOCKER] manyoyo WORDS...`, `help manyoyo WORDS...`. Its options
 * of which we know what they mean become variables; with any other one the words stay as they are, and are refused.
 */
export function meantBy(called: readonly string[]): Meant {
  const [first, second, ...rest] = called;
  if (first === "help" && second === "manyoyo") return { words: ["help", ...rest], variables: {} };
  let variables: Readonly<Variables> = {};
  for (let at = 0; at < called.length; at += 1) {
    const word = called[at] ?? "";
    if (word === "manyoyo") return { words: called.slice(at + 1), variables };
    if (word === "-D" || word === "--debug") continue;
    const [name = "", attached] = word.startsWith("--") ? word.split(/=(.*)/s) : [word];
    const value = attached ?? called[at + 1];
    const said = valued.get(name);
    if (said === undefined || value === undefined) break;
    variables = { ...variables, ...said(value) };
    if (attached === undefined) at += 1;
  }
  return { words: called, variables: {} };
}

/** Whether docker asks about us, in place of calling us for somebody. */
export function isQuestion([first, second]: readonly string[]): boolean {
  return first === "docker-cli-plugin-metadata" || (first === "__complete" && second === "manyoyo");
}

/** Answers docker's question on stdout; the exit status. Never throws. */
export async function answerDocker([first, , ...words]: readonly string[], env: Variables): Promise<number> {
  if (first === "__complete") {
    const { complete } = await import("./complete/complete.ts");
    const lines = await complete(["--", ...words], env).catch(() => []);
    return printed(toldToCobra(lines, words.at(-1) ?? ""));
  }
  return printed([
    JSON.stringify({
      SchemaVersion: "0.1.0",
      Vendor: "manyoyo",
      Version: MANYOYO_VERSION,
      ShortDescription: "AI coding agents in named sessions",
    }),
  ]);
}

function printed(lines: readonly string[]): number {
  try {
    answer(lines.join("\n"));
    return 0;
  } catch {
    return 1;
  }
}

/** What docker's completion reads (cobra's): `VALUE<TAB>DESCRIPTION`, and at last a sum of directives. */
export function toldToCobra(lines: readonly string[], word: string): readonly string[] {
  const [noSpace, noFiles, onlyFolders] = [2, 4, 16];
  const skip = Number(lines.find((line) => line.startsWith(":skip "))?.slice(6) ?? 0);
  const says = (directive: string): boolean => lines.some((line) => line.startsWith(`:${directive}`));
  const files = says("dirs") ? onlyFolders : says("files") || says("command") ? 0 : noFiles;
  const values = lines.filter((line) => !line.startsWith(":")).map((line) => word.slice(0, skip) + line);
  return [...values, `:${files + (says("nospace") ? noSpace : 0)}`];
}

/**
 * Takes over what docker hands on: its options and its signals; our own words. A call that nobody ends otherwise is ended
 * by `end` with the status that a shell would tell.
 */
export function adopt(
  called: readonly string[],
  env: Variables,
  end: (status: number) => void,
): readonly string[] {
  const { words, variables } = meantBy(called);
  const socket = env["DOCKER_CLI_PLUGIN_SOCKET"];
  const own = { DOCKER_CLI_PLUGIN_SOCKET: undefined, DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: undefined };
  for (const [name, value] of Object.entries({ ...variables, ...own })) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  if (!isQuestion(words)) heed(socket, end);
  return words;
}

/**
 * Ends this call as TERM would where docker's program is ended: a kill meant for the call reaches docker alone. docker 25
 * and newer tell by closing a socket; an older one keeps TERM and INT to itself, but where it is gone we have another parent. And docker knows no status of a
 * plugin that dies by a signal, so none is left to the system.
 */
function heed(socket: string | undefined, end: (status: number) => void): void {
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) end(128 + constants.signals[signal]);
    });
  }
  const stop = (): void => {
    process.kill(process.pid, "SIGTERM");
  };
  const parent = process.ppid;
  const watch = (): void => {
    setInterval(() => {
      if (process.ppid !== parent) stop();
    }, 100).unref();
  };
  if (socket === undefined) {
    watch();
    return;
  }
  const told = connect(socket.replace(/^@/, "\0"));
  told.unref();
  told.once("connect", () => told.once("close", stop));
  told.once("error", watch);
}
