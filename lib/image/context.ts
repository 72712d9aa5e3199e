/** A folder of texts as a tar file, which is itself text: what a build is given on its stdin. No name is over 100 bytes. */
export function context(files: Readonly<Record<string, string>>): string {
  const parts = Object.entries(files).map(([path, text]) => {
    const bytes = Buffer.byteLength(text);
    return header(path, bytes) + text + "\0".repeat((512 - (bytes % 512)) % 512);
  });
  return `${parts.join("")}${"\0".repeat(1024)}`;
}

// A ustar header: fields of fixed width, numbers octal; the sum is made with blanks in its own place.
function header(path: string, bytes: number): string {
  if (Buffer.byteLength(path) > 100) throw new Error(`too long for a tar file: ${path}`);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;
  const before = `${path.padEnd(100, "\0")}${octal(0o644, 8)}${octal(0, 8)}${octal(0, 8)}${octal(bytes, 12)}${octal(0, 12)}`;
  const after = `0${"\0".repeat(100)}ustar\x0000${"\0".repeat(247)}`;
  const sum = Buffer.from(`${before}        ${after}`).reduce((total, byte) => total + byte, 0);
  return `${before}${sum.toString(8).padStart(6, "0")}\0 ${after}`;
}
