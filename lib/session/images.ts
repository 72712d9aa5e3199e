/** Where images are whose name nobody chose. */
export const usualPlace = "localhost/manyoyo";

/**
 * The names of images that hold a session's files. The tag begins with the session's name and ends with what tells it from
 * the others, which never holds two dashes in a row: so no two of them are one.
 */
const places = {
  /** What a person saved. */
  snapshot: "localhost/manyoyo-snapshot",
  /** What one session was made from; it goes with that session. */
  session: "localhost/manyoyo-session",
  /** What a call needs on its way. */
  part: "localhost/manyoyo-part",
} as const;

export type ImagePlace = keyof typeof places;

/** The repository of such images. */
export function placeOfImages(place: ImagePlace): string {
  return places[place];
}

/** Whether a repository is one of those. */
export function isOurPlace(repository: string): boolean {
  return Object.values<string>(places).includes(repository);
}

/** Whether an image's name is one of those under which manyoyo itself makes images: no registry has any of `localhost`. */
export function isOwnImage(image: string): boolean {
  const repository = image.replace(/[:@].*$/s, "");
  return repository === usualPlace || isOurPlace(repository);
}

/** The name of such an image. `mark` is a snapshot's tag, or what makes it unique. */
export function imageFor(place: ImagePlace, name: string, mark: string): string {
  return `${places[place]}:${name}--${mark}`;
}

/** The session's name and the mark in an image's name; undefined for any other name. */
export function readImageName(
  place: ImagePlace,
  image: string,
): { readonly name: string; readonly mark: string } | undefined {
  if (!image.startsWith(`${places[place]}:`)) return undefined;
  const tag = image.slice(places[place].length + 1);
  const at = tag.lastIndexOf("--");
  return at < 1 ? undefined : { name: tag.slice(0, at), mark: tag.slice(at + 2) };
}

/** Whether an image was made for one session alone. */
export function isSessionImage(image: string): boolean {
  return readImageName("session", image) !== undefined;
}

/** Whether a word can be a snapshot's tag. */
export function isTag(word: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}$/.test(word) && !word.includes("--");
}
