// A stop takes effect a moment after it was asked for.
const moment = 100;

/**
 * Lets a person stop a call that draws on the terminal, and go on with it, as a shell's job control does: at `suspend` (for the
 * key, which is no signal while keys are read one by one) and at SIGTSTP. Where no shell does job control the system stops nothing.
 * @param leave gives the terminal back as it was
 * @param again takes it anew, and draws
 */
export function onSuspend(
  leave: () => void,
  again: () => void,
): { readonly suspend: () => void; readonly ignore: () => void } {
  const state: { timer?: Timer } = {};
  const goOn = (): void => {
    clearTimeout(state.timer);
    process.off("SIGTSTP", suspend).on("SIGTSTP", suspend);
    again();
  };
  const suspend = (): void => {
    leave();
    // The whole job, as the terminal itself would; by the signal's usual way, as a stop that nobody ends would be for ever.
    process.off("SIGTSTP", suspend);
    process.kill(0, "SIGTSTP");
    state.timer = setTimeout(goOn, moment);
  };
  process.on("SIGTSTP", suspend).on("SIGCONT", goOn);
  const ignore = (): void => {
    clearTimeout(state.timer);
    process.off("SIGTSTP", suspend).off("SIGCONT", goOn);
  };
  return { suspend, ignore };
}
