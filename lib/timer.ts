// Timers count up to 24.8 days, and one that is set for longer ends at once.
const longest = 2 ** 31 - 1;

/** Calls `act` once so many milliseconds have passed, however many they are. @returns what takes that back */
export function inTime(milliseconds: number, act: () => void): () => void {
  const at: { timer?: Timer } = {};
  const arm = (left: number): void => {
    const piece = Math.min(left, longest);
    at.timer = setTimeout(() => (left > piece ? arm(left - piece) : act()), piece);
  };
  arm(milliseconds);
  return () => clearTimeout(at.timer);
}
