/**
 * Whether a word that an engine told may be said back to it as a container, a volume or an id. All of these are of these signs;
 * anything else comes from something that is no engine, and one that begins with a dash would be an option of its own.
 */
export function isTold(word: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(word);
}

/** Whether a word may be said back to the engine as an image: by its name, its id, or both. */
export function isToldImage(word: string): boolean {
  return /^[A-Za-z0-9][\w.:/@-]*$/.test(word);
}

/** The words of an answer that has one a line, each once. */
export function wordsIn(text: string, fits = isTold): readonly string[] {
  return [...new Set(text.split("\n").map((line) => line.trim()))].filter(fits);
}

/** The name among those that docker's list has for a container, which may be linked to others: `web/db,db`. */
export function ownName(names: string): string {
  return names.split(",").find((name) => !name.includes("/")) ?? names;
}
