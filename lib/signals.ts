const ending = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The signals by which a call is told to end. QUIT is not among them: it is the command's own affair. */
export type EndingSignal = (typeof ending)[number];

/** Calls `tell` at each such signal instead of ending this process. Returns what takes that back. */
export function onEndingSignal(tell: (signal: EndingSignal) => void): () => void {
  const listeners = ending.map((signal) => [signal, () => tell(signal)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
