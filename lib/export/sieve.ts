import { Cut } from "../archive/bytes.ts";
import {
  BadArchive,
  block,
  type Entry,
  type Extra,
  longest,
  noExtra,
  padding,
  readHeader,
  withExtra,
} from "../archive/tar.ts";
import { number } from "../archive/tar-fields.ts";

/** An entry of a layer: the tar of files that one step of an image adds. */
export interface LayerEntry extends Entry {
  /** The letter in its header. */
  readonly type: string;
  readonly device: readonly [major: number, minor: number];
  /** Whether it has the records by which GNU tells of holes in a file, and gives it another name. */
  readonly isSparse: boolean;
}

/**
 * What becomes of an entry: it stays to the letter, it is left out, its contents are handed to somebody instead, or that is
 * told by all of its contents.
 */
export type Verdict = "keep" | "drop" | ((piece: Uint8Array) => void) | ByContents;

/** An entry that is held back until its contents are known: for short ones. */
export interface ByContents {
  /** Says what becomes of it; the pieces take its place, in an archive's own form. */
  readonly whole: (contents: Uint8Array) => "keep" | "drop" | readonly Uint8Array[];
}

/** How a layer is gone through. */
export interface Sifting {
  /** Judges each entry, before its contents come. What it throws ends it all. */
  readonly judge: (entry: LayerEntry) => Verdict;
  /** Entries that come after all others, in an archive's own form. */
  readonly last?: () => AsyncIterable<Uint8Array>;
  /** Whether anything did not stay, once all has been gone through. */
  readonly isChanged?: () => boolean;
}

/**
 * Goes through a layer, whatever its length, and gives what stays of it: as long as nothing is left out, to the letter. The
 * pieces of one chunk come together, so that small files cost little.
 * @throws BadArchive, Cut, and what `judge` throws
 */
export async function* sift(
  chunks: AsyncIterable<Uint8Array>,
  { judge, last }: Sifting,
): AsyncGenerator<readonly Uint8Array[]> {
  const walk = walker(judge);
  for await (const chunk of chunks) {
    const out = walk.take(chunk);
    if (walk.atEnd() && last !== undefined && !walk.wasTold()) {
      yield out.before;
      for await (const piece of last()) yield [piece];
      yield out.after;
      walk.tell();
    } else yield [...out.before, ...out.after];
  }
  walk.finish();
}

interface Walker {
  /** What stays of a chunk: up to the end of the archive, and the end itself. */
  take(chunk: Uint8Array): { readonly before: readonly Uint8Array[]; readonly after: readonly Uint8Array[] };
  atEnd(): boolean;
  wasTold(): boolean;
  tell(): void;
  /** @throws Cut where the archive has not come to its end */
  finish(): void;
}

function walker(judge: Sifting["judge"]): Walker {
  const state: {
    /** The beginning of a header that goes on in the next chunk. */
    rest: Uint8Array;
    /** Headers that say something of the next one, as they are. */
    held: Uint8Array[];
    extra: Extra;
    /** What is left of an entry's contents, and of what fills its last block. */
    left: number;
    fill: number;
    verdict: Verdict;
    /** An entry that is held back: its headers, its contents, and what fills its last block. */
    back: { readonly headers: Uint8Array[]; readonly contents: Uint8Array[]; readonly fill: Uint8Array[] };
    /** The contents of a header that says something of the next one. */
    saying: { readonly type: string; readonly parts: Uint8Array[] } | undefined;
    end: boolean;
    told: boolean;
  } = {
    rest: new Uint8Array(0),
    held: [],
    extra: noExtra,
    left: 0,
    fill: 0,
    verdict: "keep",
    back: { headers: [], contents: [], fill: [] },
    saying: undefined,
    end: false,
    told: false,
  };

  const header = (bytes: Uint8Array, out: Uint8Array[]): void => {
    const entry = readHeader(bytes, state.extra);
    const type = String.fromCharCode(bytes[156] ?? 0);
    // Links and folders have no contents, whatever their size says.
    const size = "123456".includes(type) ? 0 : entry.size;
    state.left = size;
    state.fill = padding(size);
    if ("xLKg".includes(type)) {
      if (size > longest) throw new BadArchive("a header in it is too long");
      state.held.push(bytes.slice());
      state.saying = { type, parts: [] };
      state.verdict = "keep";
      return;
    }
    const device = [number(bytes, 329, 8), number(bytes, 337, 8)] as const;
    const isSparse = state.extra.count > 0 && [...state.extra.pax.keys()].some(isOfSparse);
    state.verdict = judge({ ...entry, type, device, isSparse });
    state.extra = noExtra;
    if (state.verdict === "keep") out.push(...state.held, bytes);
    if (typeof state.verdict === "object") {
      state.back = { headers: [...state.held, bytes.slice()], contents: [], fill: [] };
    }
    state.held = [];
  };

  // An entry that was held back is all there.
  const told = (out: Uint8Array[]): void => {
    if (typeof state.verdict !== "object" || state.left > 0 || state.fill > 0) return;
    const { headers, contents: parts, fill } = state.back;
    const outcome = state.verdict.whole(Buffer.concat(parts));
    state.verdict = "keep";
    if (outcome === "keep") out.push(...headers, ...parts, ...fill);
    else if (outcome !== "drop") out.push(...outcome);
  };

  const contents = (piece: Uint8Array, out: Uint8Array[]): void => {
    if (state.saying !== undefined) {
      state.held.push(piece.slice());
      state.saying.parts.push(piece.slice());
    } else if (state.verdict === "keep") out.push(piece);
    else if (typeof state.verdict === "object") state.back.contents.push(piece.slice());
    else if (state.verdict !== "drop") state.verdict(piece);
  };

  const filling = (piece: Uint8Array, out: Uint8Array[]): void => {
    if (state.saying !== undefined) state.held.push(piece.slice());
    else if (state.verdict === "keep") out.push(piece);
    else if (typeof state.verdict === "object") state.back.fill.push(piece.slice());
  };

  // A header's contents are whole: they count for the next one. What is said of all is an entry of its own to engines, which
  // neither heed it nor what was said before it.
  const said = (out: Uint8Array[]): void => {
    if (state.saying === undefined || state.left > 0 || state.fill > 0) return;
    const { type, parts } = state.saying;
    state.saying = undefined;
    state.extra = type === "g" ? noExtra : withExtra(state.extra, type, Buffer.concat(parts));
    if (type === "g") out.push(...state.held.splice(0));
  };

  const take = (chunk: Uint8Array) => {
    const before: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length && !state.end) {
      if (state.left > 0) {
        const piece = chunk.subarray(at, at + state.left);
        state.left -= piece.length;
        at += piece.length;
        contents(piece, before);
        said(before);
        told(before);
      } else if (state.fill > 0) {
        const piece = chunk.subarray(at, at + state.fill);
        state.fill -= piece.length;
        at += piece.length;
        filling(piece, before);
        said(before);
        told(before);
      } else {
        const wanted = block - state.rest.length;
        const piece = chunk.subarray(at, at + wanted);
        at += piece.length;
        const whole = state.rest.length === 0 ? piece : Buffer.concat([state.rest, piece]);
        if (whole.length < block) state.rest = whole.slice();
        else {
          state.rest = new Uint8Array(0);
          if (whole.every((byte) => byte === 0)) {
            state.end = true;
            return { before, after: [whole, chunk.subarray(at)] };
          }
          header(whole, before);
          said(before);
          told(before);
        }
      }
    }
    return state.end ? { before, after: [chunk.subarray(at)] } : { before, after: [] };
  };

  return {
    take,
    atEnd: () => state.end,
    wasTold: () => state.told,
    tell: () => {
      state.told = true;
    },
    finish: () => {
      if (!state.end) throw new Cut("the layer ends too early");
    },
  };
}

function isOfSparse(key: string): boolean {
  return key.startsWith("GNU.sparse.");
}
