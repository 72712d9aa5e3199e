import copy from "./copy.sh" with { type: "text" };
import end from "./end.sh" with { type: "text" };
import guard from "./guard.sh" with { type: "text" };
import hold from "./hold.sh" with { type: "text" };
import init from "./init.sh" with { type: "text" };
import later from "./later.sh" with { type: "text" };
import nameless from "./nameless.sh" with { type: "text" };
import ownFiles from "./own-files.sh" with { type: "text" };
import owner from "./owner.sh" with { type: "text" };
import prepare from "./prepare.sh" with { type: "text" };
import read from "./read.sh" with { type: "text" };
import run from "./run.sh" with { type: "text" };
import thaw from "./thaw.sh" with { type: "text" };
import tidy from "./tidy.sh" with { type: "text" };
import undo from "./undo.sh" with { type: "text" };
import who from "./who.sh" with { type: "text" };
import write from "./write.sh" with { type: "text" };

/** The sh text without its comments: it travels as an argument and shows in `ps`. */
function bare(text: string): string {
  return text.replace(/^\s*#.*\n/gm, "");
}

/** What PID 1 of a session runs. */
export const initText = (): string => bare(init);
/** Makes a new container ready; PID 1 runs it, see prepare.sh. */
export const prepareText = (): string => bare(prepare);
/** Lets commands run as an ordinary user of the host; see owner.sh. */
export const ownerText = (): string => bare(owner);
/** Runs one command of a session; its arguments are explained in run.sh. */
export const runText = (): string => bare(run);
/** Ends one run and all its children. */
export const endText = (): string => bare(end);
/** Does something in a container on the host's behalf as soon as the engine can; see later.sh. */
export const laterText = (): string => bare(later);
/** Lists what runs. */
export const whoText = (): string => bare(who);
/** Waits on the host for the end of a call and removes what it made; see guard.sh. */
export const guardText = (): string => bare(nameless + guard);
/** Keeps docker from taking a container's files away on the host; see hold.sh. */
export const holdText = (): string => bare(hold);
/** Lists the files below some places that only the container holds; see own-files.sh. */
export const ownFilesText = (): string => bare(ownFiles);
/** Waits on the host for the end of a call and continues what it paused; see thaw.sh. */
export const thawText = (): string => bare(thaw);
/** Waits on the host for the end of a call and removes a file or folder of it; see tidy.sh. */
export const tidyText = (): string => bare(tidy);
/** Waits on the host for the end of a call that changes several things, and takes back what is half done; see undo.sh. */
export const undoText = (): string => bare(nameless + undo);
/** Copies folders with owners, modes and links; see copy.sh. */
export const copyText = (): string => bare(copy);
/** Writes a file or folder of a session as an archive; see read.sh. */
export const readText = (): string => bare(read);
/** Unpacks an archive in a session; see write.sh. */
export const writeText = (): string => bare(write);
