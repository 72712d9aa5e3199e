import { basename, dirname } from "node:path";
import type { Finding } from "../lib/doctor/finding.ts";
import { Failure } from "../lib/failure.ts";
import { quote } from "../lib/session/command.ts";
import { realPath } from "../lib/settings/files.ts";
import type { Call } from "./call.ts";
import { install, installed, type Shell } from "./complete/install.ts";
import { shells } from "./verbs.ts";

/** Whether the user's own shell completes manyoyo's words and finds it. Never throws. */
export function lookAtShell(call: Call): readonly Finding[] {
  return [...completion(call), onPath(call)];
}

function completion(call: Call): readonly Finding[] {
  const about = "shell";
  const named = basename(call.env["SHELL"] ?? "");
  const shell = shells.find((known) => known === named);
  if (shell === undefined) {
    const message = `The shell ${named === "" ? "is not named by $SHELL" : named}: no completion for it is known.`;
    return [
      {
        about,
        level: "note",
        message,
        remedy: shells.map((each) => `manyoyo completion ${each}`).join(", "),
      },
    ];
  }
  const remedy = "manyoyo completion --install";
  try {
    const found = installed(shell, call.env);
    if (found.kind === "elsewhere") return [elsewhere(shell, found)];
    if (found.kind === "yes")
      return [{ about, level: "ok", message: `TAB completes manyoyo's words in ${shell}.` }];
    const message =
      found.kind === "no"
        ? `TAB does not complete manyoyo's words in ${shell}.`
        : `The completion for ${shell} is not quite that of this manyoyo.`;
    const mend = () => {
      install(shell, call.env);
    };
    return [{ about, level: "note", message, remedy, mend }];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ about, level: "note", message: error.message, remedy: error.hint ?? remedy }];
  }
}

// Nothing is mended: what was set up another way may well work, and a second copy would hide it.
function elsewhere(
  shell: Shell,
  { file, isOurs }: { readonly file: string; readonly isOurs: boolean },
): Finding {
  const about = "shell";
  if (isOurs) return { about, level: "ok", message: `The completion for ${shell} is set up in ${file}.` };
  const message = `The completion for ${shell} in ${file} is not quite that of this manyoyo.`;
  return { about, level: "note", message, remedy: "Update what put it there." };
}

function onPath(call: Call): Finding {
  const about = "shell";
  const own = realPath(process.execPath);
  const found = Bun.which("manyoyo", { PATH: call.env["PATH"] ?? "", cwd: call.cwd });
  if (found === null) {
    const message = `manyoyo is not on PATH; it is ${own}.`;
    return { about, level: "note", message, remedy: `export PATH="$PATH":${quote(dirname(own))}` };
  }
  if (realPath(found) === own) return { about, level: "ok", message: `manyoyo is on PATH: ${found}.` };
  const message = `The manyoyo on PATH is another one: ${found}, not ${own}.`;
  return { about, level: "note", message, remedy: `${quote(found)} --version` };
}
