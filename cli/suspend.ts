/**
 * Lets a person stop a call that draws on the terminal, and go on with it, as a shell's job control does: at `suspend` (for the
 * key, which is no signal while keys are read one by one) and at SIGTSTP.
 * @param leave gives the terminal back as it was
 * @param again takes it anew, and draws
 */
export function onSuspend(
  leave: () => void,
  again: () => void,
): { readonly suspend: () => void; readonly ignore: () => void } {
  const suspend = (): void => {
    leave();
    // Not TSTP, for which there is a listener.
    process.kill(process.pid, "SIGSTOP");
  };
  process.on("SIGTSTP", suspend).on("SIGCONT", again);
  return { suspend, ignore: () => void process.off("SIGTSTP", suspend).off("SIGCONT", again) };
}
