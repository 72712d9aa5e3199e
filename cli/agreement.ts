import type { Engine } from "../lib/engine/engine.ts";
import { findVolume } from "../lib/engine/volumes.ts";
import { keptVolume } from "../lib/history/keep.ts";
import type { Session } from "../lib/session/session.ts";
import { realPath } from "../lib/settings/files.ts";
import { userHome } from "../lib/settings/home.ts";
import { untrusted } from "../lib/settings/sources.ts";
import type { Sealed } from "../lib/settings/trust.ts";
import { quoted } from "../lib/settings/values.ts";
import type { Call } from "./call.ts";
import { keepsHistory } from "./kept.ts";
import type { Told } from "./layers.ts";
import { say } from "./print.ts";

/**
 * Passes where nothing is asked for, or somebody agrees to it: before, now, or by `--trust`.
 * @throws Failure `untrusted`
 */
export async function agree(call: Call, sealed: Sealed): Promise<void> {
  if (sealed.asks.length === 0 || call.parsed.values.trust) return;
  const { isTrusted, remember } = await import("../lib/settings/trust.ts");
  if (isTrusted(sealed, call.home)) return;
  if (!call.canAsk) throw untrusted(sealed);
  const { askYes } = await import("./menu.ts");
  say(`The profile ${sealed.file} asks for:`);
  for (const wish of sealed.asks) say(`  ${wish}`);
  if (!(await askYes("Trust it, until it changes?"))) throw untrusted(sealed);
  const problem = remember(sealed, call.home);
  if (problem !== undefined) say(problem.message);
}

/**
 * Passes where the call may go on in a session that is there. One that a profile outside manyoyo's own folder names, and that
 * was not made for that profile's folder, has files, keys and conversations that are none of the profile's.
 * @throws Failure `untrusted`
 */
export async function mayJoin(call: Call, { namedBy }: Told, session: Session): Promise<void> {
  if (namedBy === undefined) return;
  const { joinAsks } = await import("../lib/settings/trust.ts");
  const ground = { userHome: userHome(call.env), real: realPath };
  const asks = joinAsks(session, namedBy.file, ground);
  await agree(call, { ...namedBy, asks, about: `session ${session.name}` });
}

/** A session that is to be made. */
interface Wanted {
  readonly name: string;
  /** Its first command. */
  readonly line: string;
}

/**
 * Passes where a new session may have the conversations that are kept under its name. A profile outside manyoyo's own folder
 * could name any session that was there once.
 * @throws Failure `untrusted`, and as `findVolume` does
 */
export async function mayKeep(call: Call, told: Told, engine: Engine, { name, line }: Wanted): Promise<void> {
  if (told.namedBy === undefined || !keepsHistory(told, line)) return;
  if ((await findVolume(engine, keptVolume(name))) === undefined) return;
  const asks = [`the kept conversations of ${quoted(name)}`];
  await agree(call, { ...told.namedBy, asks, about: `conversations of ${name}` });
}
