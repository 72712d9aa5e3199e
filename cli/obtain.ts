import type { Choice } from "../lib/engine/engine.ts";
import { enforcesSelinux, socketOf } from "../lib/engine/host.ts";
import { type Obtained, obtain, type Wanted } from "../lib/engine/obtain.ts";
import { Failure } from "../lib/failure.ts";
import type { Wish } from "../lib/session/command.ts";
import type { Make } from "../lib/session/make.ts";
import { hasRegistry, imageOf, planMake } from "../lib/session/plan.ts";
import { resolveEnv } from "../lib/settings/env.ts";
import { userHome } from "../lib/settings/home.ts";
import { checkWorkspace } from "../lib/settings/workspace.ts";
import { type Call, userName } from "./call.ts";
import type { Told } from "./layers.ts";
import { say } from "./print.ts";

/** What the session would be made like, with this machine's facts put in. */
export function makeOf(call: Call, told: Told, choice: Choice, wish: Wish) {
  return (name: string, callId: string | undefined): Make =>
    planMake(name, told.settings, wish, {
      id: crypto.randomUUID(),
      folder: checkWorkspace(told.settings.hostPath ?? call.cwd, userHome(call.env)),
      socket: socketOf(choice.engine.name, call.env),
      user: userName(call),
      selinux: enforcesSelinux(),
      call: callId,
    });
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
  const { baseCost, baseTar, buildBase, pull } = await import("../lib/image/base.ts");
  if (hasRegistry(image)) {
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
  const missing = new Failure("no-image", `The image ${image} is not here.`, "Build it: manyoyo image build");
  if (!call.parsed.values.yes) {
    if (!call.canAsk) throw missing;
    const { askLikely } = await import("./menu.ts");
    if ((await askLikely(`The image ${image} is not here. Build it (${baseCost})?`)) !== true) throw missing;
  }
  say(`Building ${image}: ${baseCost} ...`);
  await buildBase(engine, image, baseTar(call.env));
}

const emptySettings: Told["settings"] = { env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
