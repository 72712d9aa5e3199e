import { availableParallelism } from "node:os";
import { type Allowed, wrongWord } from "./engine-words.ts";
import { type Chance, chanceOf, seed } from "./hostile.ts";
import { type Ran, type Recorder, recorder } from "./recorder.ts";
import { isLong, note, times } from "./tally.ts";

/** One hostile call: its words, and what is known of it beforehand. */
export interface Hostile {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It is wrong by its making: it must not succeed. */
  readonly isWrong?: boolean;
  /** What its user asked for of the engine by right. */
  readonly allowed?: Partial<Allowed>;
  /** Its stdout is somebody else's bytes, which a pipe gets as they are. */
  readonly rawOutput?: boolean;
  /** It goes on until somebody ends it, or tries for long to put back what it did. */
  readonly goesOn?: boolean;
}

// What `plain` of print.ts is to take out, apart from line ends and tabs, written down a second time.
const obeyed = // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const trace =
  /^JSON5: |TypeError|RangeError|SyntaxError|ReferenceError|\n {4}at |itself failed|\bBun v\d|panic|\[object Object\]/m;

/** What a terminal would obey in a text, as it can be read; undefined where there is nothing. */
export function controlIn(text: string): string | undefined {
  const at = text.search(obeyed);
  return at < 0 ? undefined : JSON.stringify(text.slice(Math.max(0, at - 30), at + 30));
}

/** What is broken of all that is promised for any input whatever; none where all holds. */
export function broken(ran: Ran, { isWrong, allowed, rawOutput, goesOn }: Hostile): readonly string[] {
  const { status, signal, stdout, stderr, calls } = ran;
  const may: Allowed = { engineArgs: new Set(), privileged: false, ...allowed };
  const injected = calls.flatMap((call) => {
    const wrong = wrongWord(call, may);
    return wrong === undefined ? [] : [`${wrong.slice(0, 300)} in ${JSON.stringify(call).slice(0, 600)}`];
  });
  // What a command says of itself is handed on as it is, also when it looks like an error of ours.
  const isError = rawOutput !== true && /^(manyoyo: |\{"schema":1,"error")/m.test(stderr);
  return [
    ...(status === undefined && goesOn !== true ? ["it hangs"] : []),
    ...(signal === undefined ? [] : [`it ended by ${signal}`]),
    ...(trace.test(stderr) ? [`a stack: ${stderr.slice(0, 400)}`] : []),
    ...(isError && status === 0 ? [`an error with status 0: ${stderr.slice(0, 200)}`] : []),
    ...(isWrong === true && status === 0 ? ["it succeeds"] : []),
    ...(status !== undefined && status !== 0 && stderr === "" && calls.length === 0
      ? ["it fails without a word"]
      : []),
    ...injected,
    // Where a command has our stderr, only our own sentences there are ours.
    ...(rawOutput === true
      ? stderr.split("\n").filter((line) => line.startsWith("manyoyo: "))
      : [stderr, stdout]
    ).flatMap((text) => {
      const found = controlIn(text);
      return found === undefined ? [] : [`a control gets through: ${found}`];
    }),
  ];
}

const slow = 2_000;
const kept = 8;

/**
 * Whether an input is to blame for a call that took long: it takes long each time, also by the measure of a machine that is busy
 * with something else, where each of the dozen programs that a call starts waits for its turn.
 */
async function isSlow(place: Recorder, { words, env }: Hostile): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const usual = (await place.run(["--version"])).milliseconds;
    const { milliseconds } = await place.run(words, env);
    if (milliseconds < Math.max(slow, 40 * usual)) return false;
  }
  return true;
}

const only = process.env["MANYOYO_TEST_CASE"];

/**
 * Goes through so many hostile calls of an area, as many at a time as there are processors.
 * @param make makes one of them, and sets its place up for it.
 * @throws an Error with the first ones for which a promise did not hold, and how each is made again.
 */
export async function onslaught(
  area: string,
  [short, long]: readonly [number, number],
  make: (chance: Chance, place: Recorder) => Hostile,
): Promise<void> {
  const count = Number(process.env["MANYOYO_TEST_CASES"] ?? times(short, long));
  const state = { next: 0, tries: 0, broken: 0 };
  const told = new Map<string, string>();
  const attempt = async (place: Recorder, index: number): Promise<void> => {
    const hostile = make(chanceOf(seed, area, index), place);
    const ran = await place.run(hostile.words, hostile.env, hostile.goesOn === true ? 5000 : undefined);
    const wrong = [...broken(ran, hostile)];
    if (ran.milliseconds > slow && hostile.goesOn !== true && (await isSlow(place, hostile)))
      wrong.push(`it takes more than two seconds (${Math.round(ran.milliseconds)} ms)`);
    state.tries += 1;
    if (wrong.length === 0) return;
    state.broken += 1;
    const kind = wrong.map((each) => each.slice(0, 40)).join();
    if (told.size >= kept || told.has(kind)) return;
    const again = `MANYOYO_TEST_SEED=${seed} MANYOYO_TEST_CASE=${index}`;
    told.set(
      kind,
      `${again}: ${wrong.join("; ")}\n  ${JSON.stringify(hostile.words).slice(0, 500)} -> ${ran.status}`,
    );
    if (isLong) console.error([...told.values()].at(-1));
    if (only !== undefined) console.error(JSON.stringify({ ...ran, ...hostile }, undefined, 1));
  };
  const workers = Array.from({ length: only === undefined ? availableParallelism() : 1 }, async () => {
    const place = recorder();
    try {
      if (only !== undefined) return await attempt(place, Number(only));
      while (state.next < count) {
        state.next += 1;
        await attempt(place, state.next - 1);
        if (isLong && state.tries % 1000 === 0)
          console.error(`${area}: ${state.tries} of ${count}, ${state.broken} broken`);
      }
    } finally {
      place.remove();
    }
  });
  await Promise.all(workers);
  note({
    fault: `hostile ${area}`,
    promised: "no stack, hang, false 0, injected word or raw control",
    tries: state.tries,
    broken: state.broken,
  });
  if (told.size > 0)
    throw new Error(`${state.broken} of ${state.tries} (${area}):\n${[...told.values()].join("\n")}`);
}
