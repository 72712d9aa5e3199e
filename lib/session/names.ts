/** MMDD-HHMM of a moment, in local time. */
export function stamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}`;
}

/** A given name with `{now}` filled in. The clock is asked only where it is: the first local time costs 4 ms. */
export function expandName(name: string, now: () => Date): string {
  return name.replaceAll("{now}", () => stamp(now()));
}

/** The automatic name of that minute; the second and later tries have a number at their end. */
export function automaticName(now: Date, attempt: number): string {
  return numbered(`my-${stamp(now)}`, attempt);
}

/** The name with `-2`, `-3` at its end from the second attempt on. */
export function numbered(name: string, attempt: number): string {
  return attempt < 2 ? name : `${name}-${attempt}`;
}

/**
 * The attempt after one whose name was taken. The first few go up one by one; then ever wider at random, as each attempt is a
 * call of the engine: fifty callers at once that went up one by one would make over a thousand.
 * @param random a number from 0 to 1.
 */
export function nextAttempt(attempt: number, random: number): number {
  return attempt < 4 ? attempt + 1 : attempt + 1 + Math.floor(random * attempt);
}

/** `my-` and the folder's own name, reduced to what a session's name may hold. */
export function folderName(folder: string): string {
  const last = folder.split("/").findLast((part) => part !== "") ?? "";
  const plain = last.normalize("NFKD").replace(/[^A-Za-z0-9_.-]+/g, "-");
  const trimmed = plain.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "").slice(0, 50);
  return `my-${trimmed === "" ? "folder" : trimmed}`;
}

/** Whether a word can be a session's name at all. */
export function isName(word: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{1,59}$/.test(word);
}
