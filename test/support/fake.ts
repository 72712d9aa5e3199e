import { afterAll } from "bun:test";
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
import { signalStatus } from "../../lib/shell.ts";
import { type EngineName, executable } from "./engines.ts";
import type { Outcome } from "./manyoyo.ts";

/**
 * What a fake engine does: sh lines by the first words it is called with, `container inspect` before `container`; the
 * words themselves are `$@`, and `$state` is a folder to remember things in. A call that is not foreseen says so and fails with 99.
 */
export type Script = Readonly<Record<string, string>>;

export interface FakeHow {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Shell words put after the call: redirections, a pipe, whose status is that of what failed in it. */
  readonly shell?: string;
  readonly onStart?: (pid: number) => void;
}

/** A place where the only engines are fake ones, with a home and a workspace of its own; it goes after the tests. */
export interface Fake {
  readonly home: string;
  readonly folder: string;
  /** Puts an engine's program there, in place of one that was there before. */
  engine(name: EngineName, script: Script): void;
  /** Takes all programs and the record of calls away. */
  clear(): void;
  /** The words of every call so far, the engine's name first. */
  calls(): readonly (readonly string[])[];
  /** Runs the executable with the fake engines alone on PATH, and no variable but HOME; its status as a shell says it. */
  manyoyo(words: readonly string[], how?: FakeHow): Promise<Outcome>;
}

/** What stands behind the words of each call that an engine's program noted. */
export const end = "\u0001end";

// The words of one call are written at once, so that calls at the same time do not mix.
const program = `#!/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
here=\${0%/bin/*}
state=$here/state
name=\${0##*/}
# As the real ones, it reads its variables before it does anything, and docker refuses what is no UTF-8 (half a character).
case " $* " in
  *' --env-file /dev/fd/3 '*)
    half=$(printf '#\\342')
    [ "$(cat /dev/fd/3)" = "$half" ] && echo 'invalid utf8 bytes' >&2 && exit 1
    ;;
esac
printf '%s\\0' "$name" "$@" '${end}' >>"$here/calls"
for script in "$here/$name/$1 $2" "$here/$name/$1" "$here/$name/any"; do
  [ -f "$script" ] || continue
  . "$script"
  exit
done
echo "not foreseen: $name $*" >&2
exit 99
`;

/** Must be called while tests are being defined (it registers the clean-up). */
export function fake(): Fake {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "manyoyo-fake-")));
  const [bin, home, folder] = [join(root, "bin"), join(root, "home"), join(root, "work")];
  for (const path of [bin, home, folder, join(root, "state")]) mkdirSync(path);
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    home,
    folder,
    engine: (name, script) => {
      rmSync(join(root, name), { recursive: true, force: true });
      mkdirSync(join(root, name));
      for (const [words, lines] of Object.entries(script)) writeFileSync(join(root, name, words), lines);
      writeFileSync(join(bin, name), program);
      chmodSync(join(bin, name), 0o755);
    },
    clear: () => {
      for (const path of ["bin/docker", "bin/podman", "calls", "state"])
        rmSync(join(root, path), { recursive: true, force: true });
      mkdirSync(join(root, "state"));
    },
    calls: () => {
      const file = join(root, "calls");
      return existsSync(file) ? callsIn(readFileSync(file, "utf8")) : [];
    },
    manyoyo: async (words, how = {}) => {
      const direct = [executable(), ...words];
      const started = Bun.spawn(
        how.shell === undefined
          ? direct
          : ["/bin/bash", "-o", "pipefail", "-c", `"$@" ${how.shell}`, "bash", ...direct],
        {
          cwd: folder,
          env: { PATH: bin, HOME: home, ...how.env },
          stdin: how.input === undefined ? "ignore" : Buffer.from(how.input),
          stdout: "pipe",
          stderr: "pipe",
        },
      );
      how.onStart?.(started.pid);
      const [stdout, stderr] = await Promise.all([started.stdout.text(), started.stderr.text()]);
      await started.exited;
      const signal = typeof started.signalCode === "string" ? started.signalCode : undefined;
      const status = started.exitCode ?? signalStatus(signal ?? "SIGKILL");
      return { status, signal, stdout, stderr };
    },
  };
}

/** The words of each call that was noted, each word and each call with its end behind it. */
export function callsIn(text: string): readonly (readonly string[])[] {
  return text
    .split(`${end}\0`)
    .slice(0, -1)
    .map((call) => call.split("\0").slice(0, -1));
}

/** A sh line that prints a text exactly. */
export function prints(text: string, descriptor = 1): string {
  return `printf '%s' '${text.replaceAll("'", "'\\''")}' >&${descriptor}\n`;
}

/** What a fake engine says of a running session of ours in `container inspect`. */
export function inspected(name: string, more: Readonly<Record<string, unknown>> = {}): string {
  const labels = {
    "manyoyo.session": "uuid-1",
    "manyoyo.default_cmd": "bash",
    "manyoyo.name": name,
    "manyoyo.image": ownImage,
  };
  return JSON.stringify([
    {
      Id: sessionId,
      Name: `/${name}`,
      Created: "2026-01-05T07:09:00Z",
      Image: "sha256:aa",
      State: { Status: "running", ExitCode: 0 },
      Config: { Image: ownImage, Labels: labels, Env: [], WorkingDir: "/w" },
      Mounts: [],
      ...more,
    },
  ]);
}

// Such a one is not asked for its labels.
const ownImage = "localhost/manyoyo:1-common";

/** The full id of every fake session. */
export const sessionId = "4f6a".repeat(16);

/** What each engine says of a container that is not there; see the dialect. */
export const missing: Readonly<Record<EngineName, string>> = {
  docker: `echo '[]'; echo 'Error: No such container: web' >&2; exit 1\n`,
  podman: `echo '[]'; echo 'Error: no container with name or ID "web" found: no such container' >&2; exit 125\n`,
};
