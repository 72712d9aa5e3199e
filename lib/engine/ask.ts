import { Failure } from "../failure.ts";
import { label } from "../session/labels.ts";
import { quoted } from "../settings/values.ts";
import { ask, type Said } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { isTold } from "./told.ts";

/**
 * Asks for a container of that name, at once: the answer is read by `findSession`.
 * @throws Failure `usage` for what no engine takes for a name: it might be an option of its program.
 */
export function askFor(engine: Engine, name: string): Promise<Said> {
  if (!isTold(name)) throw new Failure("usage", `${quoted(name)} is no session name.`);
  return ask([engine.program, "container", "inspect", name], { hasty: true });
}

/**
 * Asks for every container that may be a session, at once: the answer is read by `listSessions`.
 * @param sized with how much each has written, which takes long.
 */
export function askForAll(engine: Engine, sized = false): Promise<Said> {
  const { listFormat, sizedListFormat } = dialect(engine.name);
  const filter = `label=${label.firstCommand}`;
  const format = sized ? sizedListFormat : listFormat;
  return ask([engine.program, "ps", "--all", "--no-trunc", "--filter", filter, ...format], { hasty: true });
}
