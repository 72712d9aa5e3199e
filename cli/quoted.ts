const plain = /^[\w./@:=+,~%{}-]+$/;
const longest = 60;

/** `word` as a message names it: bare when plain, else in quotes, escaped, and cut when long. */
export function quoted(word: string): string {
  const short = word.length > longest ? `${word.slice(0, longest)}...` : word;
  return plain.test(word) ? short : JSON.stringify(short);
}

/** `words` as one line for a POSIX shell that gives back exactly these words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
