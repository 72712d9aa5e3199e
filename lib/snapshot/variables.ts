import * as v from "valibot";
import type { Engine } from "../engine/engine.ts";
import type { Found } from "../engine/find.ts";
import { imagesOf } from "../engine/images.ts";
import { engineFailure } from "../engine/problem.ts";
import { parsedJson } from "../json.ts";
import { likenessOf, recordsVariables } from "../session/body.ts";
import { decoded, encodedEntry, type Values } from "../session/environment.ts";
import { label } from "../session/labels.ts";
import type { Likeness } from "../session/likeness.ts";
import { capture } from "../shell.ts";
import type { Desk } from "./desk.ts";

const told = v.tuple([v.object({ Config: v.object({ Env: v.nullish(v.array(v.string()), []) }) })]);

/**
 * What a session is like. Where it is not on record which variables it was given, those count that its image does not have, or
 * has with another value.
 * @throws Failure
 */
export async function likenessOfSession(engine: Engine, { container }: Found): Promise<Likeness> {
  const like = likenessOf(container);
  if (recordsVariables(container.labels)) return like;
  const [image] = await imagesOf(engine, [container.imageId]);
  const ofImage = image?.env ?? [];
  const own = (await entriesOf(engine, container.id)).filter((entry) => !ofImage.includes(entry));
  const names = own.map((entry) => entry.replace(/=.*$/s, "").replace(/^MANYOYO_ENV_/, ""));
  return { ...like, variables: [...new Set(names)] };
}

/**
 * The variables that a session has of the image that it was made from at first, as `NAME=VALUE`. An image with a session's
 * files holds whatever that session was given, so it counts for nothing: what it was saved on top of does.
 * @throws Failure
 */
export async function variablesOfBase(
  engine: Engine,
  { container }: Found,
  { base }: Likeness,
): Promise<readonly string[]> {
  const own = await belowAll(engine, container.imageId);
  const named = await belowAll(engine, base);
  return [...new Set([...own, ...named])];
}

// What an import brought in was given its variables elsewhere; none of a name that no file tells is the image's for certain.
async function belowAll(engine: Engine, image: string): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let next = image; !seen.includes(next); ) {
    seen.push(next);
    const [found] = await imagesOf(engine, [next]);
    if (found === undefined) return [];
    const { labels, env } = found;
    if ((labels[label.likeness] ?? "") !== "") next = labels[label.below] ?? "";
    else if (labels[label.saved] === undefined) return env;
    else return env.filter((entry) => /^[A-Za-z_][A-Za-z0-9_.-]*=/.test(entry));
  }
  return [];
}

/**
 * The values of the variables that a session was given. They go from the engine's memory into that of a new container, and
 * nowhere else.
 * @throws Failure
 */
export async function valuesOfSession(
  { engine }: Desk,
  container: string,
  { variables }: Likeness,
): Promise<Values> {
  return readValues(await entriesOf(engine, container), variables);
}

async function entriesOf(engine: Engine, container: string): Promise<readonly string[]> {
  const said = await capture([engine.program, "container", "inspect", container]);
  const parsed = v.safeParse(told, said.status === 0 ? parsedJson(said.stdout) : undefined);
  if (!parsed.success) throw engineFailure(engine, said, "look at the session's variables");
  return parsed.output[0].Config.Env ?? [];
}

/** The values of these names among an engine's `NAME=VALUE`, those that travel encoded put right. */
export function readValues(env: readonly string[], names: readonly string[]): Values {
  const entries = new Map(env.map((entry) => [entry.replace(/=.*$/s, ""), entry.replace(/^[^=]*=/s, "")]));
  return new Map(
    names.flatMap((name) => {
      const [long] = encodedEntry(name, "");
      const encoded = entries.get(long);
      const plain = entries.get(name);
      if (encoded !== undefined && encoded !== "") return [[name, decoded(encoded)] as const];
      return plain === undefined ? [] : [[name, plain] as const];
    }),
  );
}

/**
 * New values for a session that has others already in its image: one that is encoded there would win over a plain one.
 */
export function overValues(values: Values, envNames: readonly string[]): Values {
  return new Map(
    [...values].flatMap(([name, value]) => {
      const [long, text] = encodedEntry(name, value);
      return envNames.includes(long) ? [[long, text] as const] : [[name, value] as const];
    }),
  );
}
