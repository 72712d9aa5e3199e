import { existsSync } from "node:fs";
import { ask, which } from "../shell.ts";

/** Who the host's git says its commits are by; empty texts for what it does not say. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

/**
 * Reads git's own answer, as the settings may lie in several files. Asked in `/` and without its variables: in a workspace,
 * git would run programs that an agent may have named there (`core.fsmonitor`).
 */
export async function gitIdentity(): Promise<GitIdentity> {
  const none = { name: "", email: "" };
  const git = which("git");
  if (git === undefined || isStub(git)) return none;
  const text =
    "cd / && unset GIT_DIR GIT_COMMON_DIR GIT_WORK_TREE GIT_CONFIG && " +
    "exec \"$0\" config --global --includes --null --get-regexp '^user[.](name|email)$'";
  const said = await ask(["/bin/sh", "-c", text, git]);
  return said.status === 0 ? readIdentity(said.stdout) : none;
}

/** Reads `git config --null --get-regexp`: KEY, a line end, VALUE, a NUL; the last one of a key counts. */
export function readIdentity(text: string): GitIdentity {
  const entries = text.split("\0").map((entry) => entry.split(/\n(.*)/s));
  const last = (key: string): string => entries.findLast(([name]) => name === key)?.[1] ?? "";
  return { name: last("user.name"), email: last("user.email") };
}

// macOS has a git that only offers to install one, in a window.
function isStub(git: string): boolean {
  if (process.platform !== "darwin" || git !== "/usr/bin/git") return false;
  return (
    !existsSync("/Library/Developer/CommandLineTools/usr/bin/git") && !existsSync("/Applications/Xcode.app")
  );
}
