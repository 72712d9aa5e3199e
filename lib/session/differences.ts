import type { Settings } from "../settings/layer.ts";
import { mountWords } from "../settings/mounts.ts";
import type { Fixed } from "./make.ts";
import { imageOf } from "./plan.ts";
import type { Session } from "./session.ts";

/**
 * The options that were said in this call and that the existing session cannot take any more, by their spelling.
 * A session whose making is not on record differs in all that was said.
 */
export function differences(own: Settings, session: Session): readonly string[] {
  const fixed = fixedOf(session.options);
  const has = (list: unknown, wanted: string): boolean => Array.isArray(list) && list.includes(wanted);
  const image = own.image ?? own.imageName ?? own.imageVersion;
  const said: readonly (readonly [string, boolean])[] = [
    ["-v", own.volumes.some((mount) => !has(fixed?.volumes, mountWords(mount).join(" ")))],
    ["-p", own.ports.some((port) => !has(fixed?.ports, port))],
    ["--hp", own.hostPath !== undefined && own.hostPath !== session.folder],
    ["--cp", own.containerPath !== undefined && own.containerPath !== fixed?.folderInside],
    ["-m", own.containerMode !== undefined && own.containerMode !== fixed?.mode],
    ["--image", image !== undefined && ![session.image, fixed?.image, fixed?.base].includes(imageOf(own))],
    ["--engine-arg", own.engineArgs.length > 0 && fixed === undefined],
  ];
  return said.filter(([, differs]) => differs).map(([option]) => option);
}

// The label can be written by anybody: what is not ours counts as no record.
function fixedOf(text: string | undefined): Partial<Fixed> | undefined {
  if (text === undefined) return undefined;
  try {
    const fixed: unknown = JSON.parse(text);
    return typeof fixed === "object" && fixed !== null ? fixed : undefined;
  } catch {
    return undefined;
  }
}
