import { findClaude } from "./claude.ts";
import { findCodex } from "./codex.ts";
import { findGemini } from "./gemini.ts";
import type { Found, Ground } from "./ground.ts";
import { findOpencode } from "./opencode.ts";

const finders: Readonly<Record<string, (ground: Ground) => Found>> = {
  claude: findClaude,
  codex: findCodex,
  gemini: findGemini,
  opencode: findOpencode,
};

/** The agents of which settings can be found. */
export const foundAgents: readonly string[] = Object.keys(finders);

/** What this machine has of these agents; one that is not here at all is left out. Never throws for what it finds. */
export function findAgents(names: readonly string[], ground: Ground): readonly Found[] {
  return names
    .flatMap((name) => {
      const find = Object.hasOwn(finders, name) ? finders[name] : undefined;
      return find === undefined ? [] : [find(ground)];
    })
    .filter(({ sources, notes, problems }) => sources.length + notes.length + problems.length > 0);
}
