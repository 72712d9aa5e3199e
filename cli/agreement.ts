import type { Session } from "../lib/session/session.ts";
import { realPath } from "../lib/settings/files.ts";
import { userHome } from "../lib/settings/home.ts";
import { untrusted } from "../lib/settings/sources.ts";
import type { Sealed } from "../lib/settings/trust.ts";
import type { Call } from "./call.ts";
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
