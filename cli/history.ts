import { settledState } from "../lib/engine/change.ts";
import type { Choice, Engine } from "../lib/engine/engine.ts";
import { type Found, findSession } from "../lib/engine/find.ts";
import { listSessions } from "../lib/engine/list.ts";
import { removedMeanwhile } from "../lib/engine/problem.ts";
import { listVolumes } from "../lib/engine/volumes.ts";
import { type Source, sourceOf, withKept } from "../lib/history/source.ts";
import { pooled } from "../lib/pool.ts";
import { label } from "../lib/session/labels.ts";
import { isName } from "../lib/session/names.ts";
import type { Call } from "./call.ts";
import { report } from "./report.ts";
import { nameOf, type VerbContext } from "./sessions.ts";
import { noSession } from "./target.ts";

type Work<Result> = (source: Source) => Promise<Result>;

/**
 * Does some work with the conversations of a session, or with those that were kept of one that is gone.
 * @throws Failure `no-session` where there is neither.
 */
export async function withHistory<Result>(
  call: Call,
  context: VerbContext,
  word: string,
  work: Work<Result>,
): Promise<Result> {
  const { engine } = context.choice;
  const name = await nameOf(call, context, word);
  const found = await findSession(engine, name);
  if (found !== undefined) {
    return ofFound(engine, found, work, () => {
      throw removedMeanwhile(name);
    });
  }
  const result = await withKept(engine, name, async (source) => ({ value: await work(source) }));
  if (result === undefined) throw await noSession(engine, name);
  return result.value;
}

/**
 * The same with every session, and every volume of kept conversations that no session has. One that cannot be read is told
 * of, and stops none of the others.
 * @returns 0, or 125 when any failed.
 */
export async function withEveryHistory(
  call: Call,
  { engine }: Pick<Choice, "engine">,
  work: Work<void>,
): Promise<number> {
  const [sessions, volumes] = await Promise.all([listSessions(engine), listVolumes(engine, label.history)]);
  const names = sessions.map(({ name }) => name);
  const kept = volumes
    .map(({ labels }) => labels[label.history] ?? "")
    .filter((name) => isName(name) && !names.includes(name));
  const works = [
    ...names.map((name) => () => ofSession(engine, name, work)),
    ...kept.map((name) => () => withKept(engine, name, work)),
  ];
  const failures = await pooled(works, 4, (each) =>
    each().then(
      () => undefined,
      (thrown: unknown) => ({ thrown }),
    ),
  );
  const said = failures.filter((failure) => failure !== undefined);
  for (const { thrown } of said) report(thrown, call.parsed.values.json);
  return said.length > 0 ? 125 : 0;
}

async function ofSession(engine: Engine, name: string, work: Work<void>): Promise<void> {
  const found = await findSession(engine, name);
  // It may be removed by now, or while it is read.
  if (found !== undefined) await ofFound(engine, found, work, () => undefined);
}

async function ofFound<Result>(
  engine: Engine,
  found: Found,
  work: Work<Result>,
  removed: () => Result,
): Promise<Result> {
  try {
    return await work(await sourceOf(engine, found));
  } catch (thrown) {
    if ((await settledState(engine, found.session.id)) !== undefined) throw thrown;
    return removed();
  }
}
