import { Failure, Interrupted } from "../lib/failure.ts";
import { attach, signalStatus } from "../lib/shell.ts";
import { type EndingSignal, onEndingSignal } from "../lib/signals.ts";

/**
 * The user's own editor, as a shell line: VISUAL, EDITOR, or one that every system has.
 * @throws Failure `usage` where there is none.
 */
export function editorOf(env: Readonly<Record<string, string | undefined>>): string {
  const named = env["VISUAL"]?.trim() || env["EDITOR"]?.trim();
  const usual = ["vi", "nano"].find((name) => Bun.which(name, { PATH: env["PATH"] ?? "" }) !== null);
  const editor = named || usual;
  if (editor !== undefined) return editor;
  throw new Failure("usage", "There is no editor: neither VISUAL nor EDITOR is set.", "EDITOR=nano");
}

/**
 * Runs an editor on a file, in our terminal; as with git the line may hold arguments, and a shell reads it.
 * @returns its status.
 * @throws Interrupted when the call is told to end meanwhile.
 */
export async function editIn(editor: string, file: string): Promise<number> {
  const told: EndingSignal[] = [];
  // What is more than a program and its arguments needs a shell that stays: the trap keeps that from ending at a Ctrl-C that the
  // editor takes for a key of its own.
  const isPlain = /^[\w./+-]+( +[\w./+=:,@-]+)*$/.test(editor);
  const program = attach([
    "/bin/sh",
    "-c",
    isPlain ? `exec ${editor} "$@"` : `trap : INT; ${editor} "$@"`,
    editor,
    file,
  ]);
  const ignore = onEndingSignal((signal) => {
    // It reaches the editor by itself.
    if (signal === "SIGINT") return;
    told.push(signal);
    program.kill(signal);
  });
  try {
    const { status } = await program.ended;
    const [signal] = told;
    if (signal !== undefined) throw new Interrupted(signalStatus(signal));
    return status;
  } finally {
    ignore();
  }
}
