import type { Choice } from "../lib/engine/engine.ts";
import { gitIdentity } from "../lib/engine/git.ts";
import { enforcesSelinux, folderUid, socketOf } from "../lib/engine/host.ts";
import { type Obtained, obtain, type Wanted } from "../lib/engine/obtain.ts";
import { Failure } from "../lib/failure.ts";
import { keptSteps, keptStore } from "../lib/history/keep.ts";
import { firstCommand, type Wish } from "../lib/session/command.ts";
import type { Make } from "../lib/session/make.ts";
import { imageOf, planMake } from "../lib/session/plan.ts";
import { resolveEnv } from "../lib/settings/env.ts";
import { userHome } from "../lib/settings/home.ts";
import { hasRegistry } from "../lib/settings/image-name.ts";
import type { UserHabit } from "../lib/settings/values.ts";
import { checkWorkspace } from "../lib/settings/workspace.ts";
import { type Call, userName } from "./call.ts";
import { keepsHistory, keptElsewhere } from "./kept.ts";
import type { Told } from "./layers.ts";
import { type Logins, loginsOf } from "./logins.ts";
import { say, sayUnless } from "./print.ts";

/** What the session would be made like, with this machine's facts put in. */
export async function makeOf(
  call: Call,
  told: Told,
  choice: Choice,
  wish: Wish,
  logins: Logins = loginsOf(call, told, choice.engine),
) {
  const folder = checkWorkspace(told.settings.hostPath ?? call.cwd, userHome(call.env), call.home);
  const [prepare, login] = await Promise.all([gitSteps(folder), logins.partFor(firstCommand(wish).line)]);
  const kept = keepsHistory(told, firstCommand(wish).line);
  const variables = [...valuesOf(call, told.settings).keys()];
  return (name: string, callId: string | undefined): Make =>
    planMake(name, told.settings, wish, {
      id: crypto.randomUUID(),
      folder,
      socket: socketOf(choice.engine.name, call.env),
      user: userName(call),
      selinux: enforcesSelinux(),
      call: callId,
      userHabit: habitOf(told),
      stores: [...(kept ? [keptStore(name, userName(call))] : []), ...login.stores],
      // A login's links lie in folders that may be links themselves, so they come last.
      prepare: [...prepare, ...(kept ? keptSteps() : []), ...login.prepare],
      variables,
    });
}

// `--root`, which is in the last layer, is for its own call.
function habitOf({ layers }: Told): UserHabit | undefined {
  const said = layers.slice(0, -1).findLast(({ user }) => user !== undefined)?.user;
  return said === "root" ? said : undefined;
}

/** Steps by which git knows the user inside, and takes a workspace for safe that is not the container root's. */
async function gitSteps(folder: string): Promise<Make["prepare"]> {
  const { name, email } = await gitIdentity();
  const foreign = process.getuid?.() === 0 && folderUid(folder) !== 0;
  return foreign || name !== "" || email !== "" ? [["git", name, email]] : [];
}

/** The variables that settings ask for, with our own values put in for bare names. */
export function valuesOf(call: Call, settings: Told["settings"]): ReadonlyMap<string, string> {
  return new Map(resolveEnv(settings.env, call.env).map(({ name, value }) => [name, value]));
}

/**
 * Finds or makes the session; where only the image is missing, makes or pulls it when the user says yes, and goes on.
 * @throws Failure
 */
export async function obtainWithImage(
  call: Call,
  told: Told,
  choice: Choice,
  wanted: Wanted,
): Promise<Obtained> {
  const kept: { elsewhere: Promise<string | undefined> | undefined } = { elsewhere: undefined };
  const make: Wanted["make"] = async (name, id) => {
    const made = await wanted.make(name, id);
    kept.elsewhere = keptElsewhere(choice, made);
    return made;
  };
  const place = await withImage(call, told, choice, { ...wanted, make });
  const lost = place.made === undefined ? undefined : await kept.elsewhere;
  if (lost !== undefined) sayUnless(told.settings.quiet, "tip", lost);
  return place;
}

async function withImage(call: Call, told: Told, choice: Choice, wanted: Wanted): Promise<Obtained> {
  try {
    return await obtain(choice, wanted);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== "no-image") throw thrown;
    await provideImage(call, choice, imageOf(told.settings));
    return obtain(choice, { ...wanted, asked: undefined });
  }
}

async function provideImage(call: Call, choice: Choice, image: string): Promise<void> {
  const { engine } = choice;
  if (hasRegistry(image)) {
    const { pull } = await import("../lib/image/base.ts");
    say(`Pulling ${image} ...`);
    return pull(engine, image);
  }
  if (image !== imageOf(emptySettings)) {
    throw new Failure(
      "no-image",
      `The image ${image} is not here.`,
      `Build or load it, or choose another: --image REF.`,
    );
  }
  const { buildMissing } = await import("./images.ts");
  return buildMissing(call, engine, image);
}

const emptySettings: Told["settings"] = { env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
