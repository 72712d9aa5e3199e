import end from "./end.sh" with { type: "text" };
import guard from "./guard.sh" with { type: "text" };
import init from "./init.sh" with { type: "text" };
import run from "./run.sh" with { type: "text" };
import who from "./who.sh" with { type: "text" };

/** The sh text without its comments: it travels as an argument and shows in `ps`. */
function bare(text: string): string {
  return text.replace(/^\s*#.*\n/gm, "");
}

/** What PID 1 of a session runs. */
export const initText = (): string => bare(init);
/** Runs one command of a session; its arguments are explained in run.sh. */
export const runText = (): string => bare(run);
/** Ends one run and all its children. */
export const endText = (): string => bare(end);
/** Lists what runs. */
export const whoText = (): string => bare(who);
/** Waits on the host for the end of a call and removes what it made; see guard.sh. */
export const guardText = (): string => bare(guard);
