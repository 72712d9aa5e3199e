import * as v from "valibot";
import type { Engine } from "../engine/engine.ts";
import type { Found } from "../engine/find.ts";
import { imagesOf } from "../engine/images.ts";
import { engineFailure } from "../engine/problem.ts";
import { likenessOf, recordsVariables } from "../session/body.ts";
import { decoded, encodedEntry, type Values } from "../session/environment.ts";
import type { Likeness } from "../session/likeness.ts";
import { capture } from "../shell.ts";
import type { Desk } from "./desk.ts";

const told = v.tuple([v.object({ Config: v.object({ Env: v.nullish(v.array(v.string()), []) }) })]);

/**
 * What a session is like. Where it is not on record which variables it was given, those count that its image does not have.
 * @throws Failure
 */
export async function likenessOfSession(engine: Engine, { container }: Found): Promise<Likeness> {
  const like = likenessOf(container);
  if (recordsVariables(container.labels)) return like;
  const [image] = await imagesOf(engine, [container.imageId]);
  const ofImage = (image?.env ?? []).map((entry) => entry.replace(/=.*$/s, ""));
  const own = container.envNames.filter((name) => !ofImage.includes(name));
  return { ...like, variables: [...new Set(own.map((name) => name.replace(/^MANYOYO_ENV_/, "")))] };
}

/**
 * The values of the variables that a session was given. They go from the engine's memory into that of a new container, and
 * nowhere else.
 * @throws Failure
 */
export async function valuesOfSession(
  desk: Desk,
  container: string,
  { variables }: Likeness,
): Promise<Values> {
  const { engine } = desk;
  const said = await capture([engine.program, "container", "inspect", container]);
  const parsed = v.safeParse(told, said.status === 0 ? JSON.parse(said.stdout) : undefined);
  if (!parsed.success) throw engineFailure(engine, said, "look at the session's variables");
  return readValues(parsed.output[0].Config.Env ?? [], variables);
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
