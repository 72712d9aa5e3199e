import { lstatSync, mkdirSync, readlinkSync, renameSync, rmdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Failure } from "../lib/failure.ts";
import { realPath, reason } from "../lib/settings/files.ts";
import { userHome } from "../lib/settings/home.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Makes `docker manyoyo` call this program: a link where docker looks for a user's plugins. What is right already stays.
 * @returns what was done, a sentence each.
 * @throws Failure `usage` for a file of that name that is not ours, `settings` where it cannot be made.
 */
export function linkPlugin(env: Variables): readonly string[] {
  const file = linkPath(env);
  const program = ownProgram(env);
  const there = linked(file);
  if (there === program) return [`${file} is there already.`];
  changing(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    // In one step: docker may look at any moment.
    const made = `${file}.${process.pid}`;
    rmSync(made, { force: true });
    symlinkSync(program, made);
    renameSync(made, file);
  });
  return [`${there === undefined ? "Linked" : "Linked anew"} ${file} to ${program}.`];
}

/** Takes that link away, and nothing else. @returns and @throws as `linkPlugin` does. */
export function unlinkPlugin(env: Variables): readonly string[] {
  const file = linkPath(env);
  if (linked(file) === undefined) return ["There is no plugin of manyoyo's to remove."];
  changing(file, () => rmSync(file));
  removeEmpty(dirname(file));
  if (!env["DOCKER_CONFIG"]) removeEmpty(dirname(dirname(file)));
  return [`Removed ${file}.`];
}

function linkPath(env: Variables): string {
  const user = userHome(env);
  const folder = env["DOCKER_CONFIG"] || (user === undefined ? undefined : `${user}/.docker`);
  if (folder === undefined)
    throw new Failure("usage", "There is no home folder to install into.", "Set HOME");
  return resolve(folder, "cli-plugins", "docker-manyoyo");
}

/** This program by the path that stays when a newer one takes its place: that on PATH, where it leads here. */
function ownProgram(env: Variables): string {
  const own = realPath(process.execPath);
  const found = Bun.which("manyoyo", { PATH: env["PATH"] ?? "" });
  return found !== null && realPath(found) === own ? resolve(found) : own;
}

/** Where our link leads, also one whose program is gone; undefined when there is none. @throws Failure for a foreign file. */
function linked(file: string): string | undefined {
  const stat = changing(file, () => lstatSync(file, { throwIfNoEntry: false }));
  if (stat === undefined) return undefined;
  const program = stat.isSymbolicLink() ? resolve(dirname(file), readlinkSync(file)) : undefined;
  if (program !== undefined && basename(program).startsWith("manyoyo")) return program;
  throw new Failure("usage", `${file} is not a file of manyoyo's.`, "Move it away first");
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Other plugins are in it, or other settings of docker's.
  }
}

function changing<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Failure("settings", `${file} cannot be changed: ${reason(error)}.`);
  }
}
