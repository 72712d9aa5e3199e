import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allEngines, executable } from "./engines.ts";
import { callsIn, end } from "./fake.ts";
import { bytesOf } from "./hostile.ts";

/** How one run of the executable ended, as bytes that were not looked at yet. */
export interface Ran {
  readonly words: readonly string[];
  /** undefined: it was still running when its time was over. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** The words of each call of an engine's program, its name first. */
  readonly calls: readonly (readonly string[])[];
}

/** A home, a workspace, and the only engines on PATH: programs that note their words and say what they are told to. */
export interface Recorder {
  readonly home: string;
  readonly folder: string;
  readonly root: string;
  /** Sets what the engines answer from now on: stdout, stderr and status by the first words of a call. */
  answer(answers: Readonly<Record<string, Answer>>): void;
  run(words: readonly string[], env?: Readonly<Record<string, string>>, limit?: number): Promise<Ran>;
  /** The command that `run` would start, and its variables: for a terminal. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
}

// Builtins of dash as far as it goes: it is run some hundred thousand times. As the real ones, it reads its variables first,
// and docker refuses half a character.
const program = `#!/bin/sh
here=\${0%/bin/*}
printf '%s\\0' "\${0##*/}" "$@" '${end}' >>"$here/calls"
case " $* " in
  *' --env-file /dev/fd/3 '*)
    [ "$(/bin/cat /dev/fd/3)" = "$(printf '#\\342')" ] && echo 'invalid utf8 bytes' >&2 && exit 1
    ;;
esac
two=$2
case $two in *[!a-z]*) two= ;; esac
for answer in "$1 $two" "$1" any; do
  [ -f "$here/answers/$answer.status" ] || continue
  read -r status <"$here/answers/$answer.status"
  [ -s "$here/answers/$answer.stderr" ] && /bin/cat "$here/answers/$answer.stderr" >&2
  [ -s "$here/answers/$answer.stdout" ] && exec 3>&- && /bin/cat "$here/answers/$answer.stdout"
  exit "$status"
done
exit 0
`;

/** Makes such a place; it must be removed. */
export function recorder(): Recorder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "manyoyo-hostile-")));
  const [bin, home, folder] = [join(root, "bin"), join(root, "home"), join(root, "work")];
  // What a call leaves there goes with the rest: on such a PATH there is no `rm` to do it.
  const temporary = join(root, "tmp");
  for (const path of [bin, home, folder, temporary]) mkdirSync(path);
  for (const engine of allEngines) {
    writeFileSync(join(bin, engine), program);
    chmodSync(join(bin, engine), 0o755);
  }
  const calls = join(root, "calls");
  const environment = {
    PATH: bin,
    HOME: home,
    TMPDIR: temporary,
    DOCKER_HOST: "tcp://127.0.0.1:9",
    // Nothing here is to reach a network.
    https_proxy: "http://127.0.0.1:9",
    http_proxy: "http://127.0.0.1:9",
    npm_config_registry: "http://127.0.0.1:9/",
  };
  return {
    root,
    home,
    folder,
    environment,
    answer: (answers) => {
      const at = join(root, "answers");
      rmSync(at, { recursive: true, force: true });
      mkdirSync(at);
      for (const [words, { stdout = "", stderr = "", status = 0 }] of Object.entries(answers)) {
        writeFileSync(join(at, `${words}.stdout`), bytesOf(stdout));
        writeFileSync(join(at, `${words}.stderr`), bytesOf(stderr));
        writeFileSync(join(at, `${words}.status`), `${status}\n`);
      }
    },
    run: async (words, env = {}, limit = 60_000) => {
      rmSync(calls, { force: true });
      const begun = performance.now();
      const started = Bun.spawn(argvOf([executable(), ...words]), {
        cwd: folder,
        env: { ...environment, ...env },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: limit,
        killSignal: "SIGKILL",
      });
      const [stdout, stderr] = await Promise.all([started.stdout.bytes(), started.stderr.bytes()]);
      await started.exited;
      const milliseconds = performance.now() - begun;
      const late = milliseconds >= limit && started.signalCode === "SIGKILL";
      return {
        words,
        status: late ? undefined : (started.exitCode ?? -1),
        signal: late || typeof started.signalCode !== "string" ? undefined : started.signalCode,
        stdout: Buffer.from(stdout).toString(),
        stderr: Buffer.from(stderr).toString(),
        milliseconds,
        calls: existsSync(calls) ? callsIn(readFileSync(calls, "utf8")) : [],
      };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

// No text of ours can hold a byte that is no UTF-8: a shell writes those. NUL ends every word, wherever it comes from.
function argvOf(words: readonly string[]): string[] {
  const whole = words.map((word) => word.replaceAll("\0", ""));
  if (!whole.some((word) => /[\uf780-\uf7ff]/.test(word))) return whole;
  const written = whole.map((word) => {
    const octal = [...bytesOf(word)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    return `"$(printf '${octal}')"`;
  });
  return ["/bin/sh", "-c", `exec ${written.join(" ")}`];
}

/** What both engines together say of a container that is not there. */
export const missingAnswer: Answer = {
  stdout: "[]\n",
  stderr: "Error: No such container: it\nno such container\n",
  status: 1,
};
