import { label } from "../session/labels.ts";
import { ask, type Said } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";

/** Asks for a container of that name, at once: the answer is read by `findSession`. */
export function askFor(engine: Engine, name: string): Promise<Said> {
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
