import { Failure } from "../failure.ts";
import type { Said } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";

/**
 * What an engine's own failure means to the user. Apart are: not started, no permission on the socket, and an engine
 * that answers with an error, whose last line is handed on.
 * @param doing what was tried, to follow "could not": `start the session "a"`.
 */
export function engineFailure(engine: Engine, said: Said, doing: string): Failure {
  const row = dialect(engine.name);
  if (row.noPermission.test(said.stderr)) {
    return new Failure(
      "engine-down",
      `You may not use ${engine.name}: its socket refuses your user.`,
      `Join its group (usermod -aG ${engine.name} "$USER", then log in again), or use the other engine: --engine ${otherName(engine)}.`,
    );
  }
  if (row.down.test(said.stderr)) {
    return new Failure("engine-down", `${engine.name} is installed but does not answer.`, row.startHint);
  }
  // Two calls on one session: the other one was quicker, which is no fault of the engine's.
  if (row.noSuchContainer.test(said.stderr)) {
    return new Failure(
      "no-session",
      `It was removed meanwhile, so ${engine.name} could not ${doing}.`,
      "See which there are: manyoyo ls",
    );
  }
  if (row.beingEnded.test(said.stderr)) return endedMeanwhile(engine, doing, "in-use");
  return new Failure(
    "engine-failed",
    `${engine.name} could not ${doing}: ${lastWords(said)}`,
    nextStep(said),
  );
}

/** What it means that a session was stopped or removed under a call. @param doing as `engineFailure` has it */
export function endedMeanwhile({ name }: Engine, doing: string, code: "in-use" | "no-session"): Failure {
  return new Failure(
    code,
    `Another call stopped or removed it at this moment, so ${name} could not ${doing}.`,
    "See what there is, and try again: manyoyo ls",
  );
}

/** What can be done about a failure whose cause lies outside of manyoyo and of the engine. */
function nextStep({ stderr, stdout }: Said): string | undefined {
  const text = `${stderr}\n${stdout}`;
  // docker: Bind for 127.0.0.1:80 failed: port is already allocated; listen tcp4 127.0.0.1:80: bind: address already in use
  // podman: cannot listen on the TCP port: listen tcp4 127.0.0.1:80: bind: address already in use
  const [, port] =
    /:(\d+)(?: failed: port is already allocated|: bind: address already in use)/.exec(text) ?? [];
  if (port !== undefined) {
    return `Something else has port ${port} of this machine: end that (ss -ltnp tells what it is), or publish another port: -p, or manyoyo recreate NAME -p ... for a session that is there.`;
  }
  if (passing.test(text)) return "It was at two things at the same moment: try again.";
  // tar: X: Wrote only 6144 of 10240 bytes
  if (/no space left on device|disk quota exceeded|wrote only \d+ of \d+ bytes/i.test(text)) {
    return "Make room on the engine's disk: manyoyo prune --dry-run and manyoyo image prune --dry-run say what can go.";
  }
  // runc, when its own process finds no room under the limit of the container's processes
  if (/read init-p: connection reset|resource temporarily unavailable|cannot fork/i.test(text)) {
    return "It seems to have as many processes as it may have; end them: manyoyo restart -f NAME, or manyoyo stop -f NAME.";
  }
  // runc; podman: error mounting "X" to rootfs at "X": stat X: no such file or directory; crun: cannot stat `X`
  if (
    /outside of container mount namespace root|bind source path does not exist|mounting "[^"]*" to rootfs.*no such file/i.test(
      text,
    )
  ) {
    return "Its folder on this machine was removed or replaced: make it again and restart (manyoyo restart -f NAME), or manyoyo recreate NAME --hp DIR.";
  }
  return undefined;
}

// podman's netavark, where two containers are started at the same moment; podman, where images are saved and removed at the
// same moment: committing the finished image: creating image "X": layer not known; docker, where a file is made in what is removed:
// driver "overlay2" failed to remove root filesystem: unlinkat X: directory not empty
const passing =
  /netavark.*(Chain already exists|xtables lock|resource temporarily unavailable)|committing the finished image: .*layer not known|failed to remove root filesystem/is;

/** Whether an engine failed only for a moment, at no fault of what was asked. */
export function isPassing({ status, stderr }: Said): boolean {
  return status !== 0 && passing.test(stderr);
}

/** Asks an engine for something that can be asked for again, until it does not fail for a moment only: three times. */
export async function persist(ask: () => Promise<Said>): Promise<Said> {
  for (let attempt = 1; ; attempt += 1) {
    const said = await ask();
    if (attempt === 3 || !isPassing(said)) return said;
    await Bun.sleep(200 * attempt);
  }
}

/** Whether a call failed only as another one was just ending or removing its session: a new look tells what there is. */
export function isOutrun(thrown: unknown): boolean {
  return thrown instanceof Failure && (thrown.code === "no-session" || thrown.code === "in-use");
}

/** The refusal of a call under which somebody else has removed its session. */
export function removedMeanwhile(name: string): Failure {
  return new Failure(
    "no-session",
    `The session "${name}" was removed meanwhile.`,
    "See which there are: manyoyo ls",
  );
}

function otherName(engine: Engine): string {
  return engine.name === "docker" ? "podman" : "docker";
}

/** The line of an engine's message that says what is wrong, without the engine's own prefixes. */
export function lastWords(said: Said): string {
  // docker says on stdout why an exec could not begin.
  const lines = (said.stderr.trim() === "" ? said.stdout : said.stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== "" &&
        // docker start's last line; the reason stands above it.
        !/^Error: failed to start containers: /.test(line) &&
        // tar's last line; the reason stands above it.
        !/^tar: .*previous errors$/.test(line) &&
        !/^(run|see) '(docker|podman) .*--help'/i.test(line) &&
        !/^time="/.test(line),
    );
  const line = lines.findLast((each) => /error/i.test(each)) ?? lines.at(-1);
  if (line === undefined) return `it said nothing and ended with status ${said.status}.`;
  return line
    .replace(/^(docker|podman): /i, "")
    .replace(/^Error( response from daemon)?: /i, "")
    .replace(/[^.]$/, "$&.");
}
