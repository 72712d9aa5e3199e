import type { Agent } from "../agents/agent.ts";
import { Failure } from "../failure.ts";
import { type Environment, parseEnvWord } from "./env.ts";
import { home, userHome } from "./home.ts";
import type { Layer } from "./layer.ts";
import { parseVolume } from "./mounts.ts";
import { expandPath } from "./paths.ts";
import { parsePort } from "./ports.ts";
import { type Lookup, readEnvFile } from "./profile-layer.ts";
import {
  checkSomeText,
  checkText,
  engines,
  parseContainerMode,
  parseContainerName,
  parseContainerPath,
  parseEngine,
  parseImageName,
  parseImageVersion,
  parseLogin,
  parseQuiet,
  parseYolo,
  quoted,
} from "./values.ts";

/** The words given to the options, as they were typed. */
export interface CommandLineOptions {
  readonly contName?: string | undefined;
  readonly hostPath?: string | undefined;
  readonly contPath?: string | undefined;
  readonly imageName?: string | undefined;
  readonly imageVer?: string | undefined;
  readonly image?: string | undefined;
  readonly contMode?: string | undefined;
  readonly env?: readonly string[] | undefined;
  readonly envFile?: readonly string[] | undefined;
  readonly volume?: readonly string[] | undefined;
  readonly publish?: readonly string[] | undefined;
  readonly shell?: string | undefined;
  readonly shellPrefix?: string | undefined;
  readonly shellSuffix?: string | undefined;
  readonly yolo?: string | undefined;
  /** The user's own agents, besides which `yolo` may name a known one. */
  readonly own?: readonly Agent[] | undefined;
  readonly quiet?: readonly string[] | undefined;
  readonly engine?: string | undefined;
  readonly keepHistory?: boolean | undefined;
  readonly root?: boolean | undefined;
  readonly loginMode?: string | undefined;
  readonly engineArg?: readonly string[] | undefined;
}

/**
 * The layer that the command line makes; relative paths are from `cwd`. A containerName of `.` stays: it is this folder's
 * session, which others look up. Throws Failure("usage") for what cannot be meant, Failure("settings") for a bad env file.
 */
export function commandLineLayer(options: CommandLineOptions, cwd: string, env: Environment): Layer {
  const lookup: Lookup = { folder: cwd, userHome: userHome(env), home: home(env) };
  if (options.image !== undefined && (options.imageName ?? options.imageVer) !== undefined) {
    throw new Failure(
      "usage",
      "--image names the whole image, and so leaves nothing for --image-name and --image-ver.",
      "Give --image alone, or the other two.",
    );
  }
  return {
    origin: "command line",
    containerName: made(options.contName, (word) => (word === "." ? word : parseContainerName(word))),
    hostPath: made(options.hostPath, (word) => expandPath(word, lookup)),
    containerPath: made(options.contPath, parseContainerPath),
    imageName: made(options.imageName, parseImageName),
    imageVersion: made(options.imageVer, parseImageVersion),
    image: made(options.image, parseImageName),
    containerMode: made(options.contMode, parseContainerMode),
    shell: made(options.shell, checkText),
    shellPrefix: made(options.shellPrefix, checkText),
    shellSuffix: made(options.shellSuffix, checkText),
    yolo: made(options.yolo, (word) => parseYolo(word, options.own)),
    engine: made(options.engine, parseEngine),
    history: options.keepHistory === true ? "keep" : undefined,
    user: options.root === true ? "root" : undefined,
    login: made(options.loginMode, parseLogin),
    env: [
      ...(options.envFile ?? []).flatMap((word) => readEnvFile(word, lookup)),
      ...(options.env ?? []).map(parseEnvWord),
    ],
    volumes: (options.volume ?? []).map((word) => parseVolume(word, cwd, lookup.userHome)),
    ports: (options.publish ?? []).map(parsePort),
    engineArgs: (options.engineArg ?? []).map(checkSomeText),
    quiet: (options.quiet ?? []).flatMap(parseQuiet),
  };
}

/** What MANYOYO_ENGINE says: stronger than every file, weaker than the command line. Throws Failure("usage"). */
export function environmentLayer(env: Environment): Layer {
  const { MANYOYO_ENGINE: word } = env;
  const engine = engines.find((name) => name === word);
  if (engine === undefined && word !== undefined && word !== "") {
    throw new Failure(
      "settings",
      `The variable MANYOYO_ENGINE is ${quoted(word)}, which is not an engine.`,
      `It can be ${engines.join(" or ")}.`,
    );
  }
  return { origin: "MANYOYO_ENGINE", engine, env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
}

function made<Value>(word: string | undefined, make: (word: string) => Value): Value | undefined {
  return word === undefined ? undefined : make(word);
}
