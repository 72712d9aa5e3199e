/** How much of one conversation's file is read; what comes after it is not. */
export const fileLimit = 50 * 1024 * 1024;
// A line with pictures in it may be long; one that is longer is passed over.
const lineLimit = 16 * 1024 * 1024;

/** Tells whether all of a file was read. */
export interface Reading {
  partial: boolean;
}

/**
 * The records of a file: a JSON value a line, or (`whole`) one in all. What is none is passed over: the file may be cut,
 * or be written at this moment.
 */
export async function* records(
  body: AsyncIterable<Uint8Array>,
  whole: boolean,
  reading: Reading,
): AsyncGenerator<unknown> {
  const line = { parts: [] as Uint8Array[], length: 0 };
  const finish = (): unknown => {
    const value =
      line.length > (whole ? fileLimit : lineLimit) ? undefined : parsed(Buffer.concat(line.parts));
    line.parts = [];
    line.length = 0;
    return value;
  };
  const add = (part: Uint8Array): void => {
    line.length += part.length;
    if (line.length > (whole ? fileLimit : lineLimit)) line.parts = [];
    // A copy: the chunk belongs to the stream.
    else line.parts.push(part.slice());
  };
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    if (read > fileLimit) {
      reading.partial = true;
      return;
    }
    let from = 0;
    for (let end = whole ? -1 : chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const value = finish();
      if (value !== undefined) yield value;
    }
    add(chunk.subarray(from));
  }
  const value = finish();
  if (value !== undefined) yield value;
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
