import type { Agent } from "./agent.ts";

/** What a user says of an agent of theirs. */
export interface OwnAgent {
  /** The shell line that starts it. */
  readonly command: string;
  /** The one that starts it without asking for permissions; the same one where it is not said. */
  readonly yolo: string | undefined;
  /** Its words that go on with the last conversation. */
  readonly continue: readonly string[] | undefined;
  /** Its words that go on with a conversation; `{id}` in one of them stands for which. */
  readonly resume: readonly string[] | undefined;
}

const place = "{id}";

/** Whether an agent may be called so. */
export function isAgentName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,29}$/.test(name);
}

/** The agent that a user describes: nothing is known of its files, so nothing of it is kept, backed up or logged in. */
export function ownAgent(name: string, said: OwnAgent): Agent {
  const { command, yolo = command, continue: last = [], resume = [] } = said;
  const withPlace = resume.some((word) => word.includes(place));
  return {
    name,
    title: name,
    aliases: [],
    // By a program alone it is known in any line; `npx aider` or `bash agent.sh` would make every npx one of it.
    program: isProgram(command) ? command.replace(/^.*\//, "") : undefined,
    lines: [yolo, command].filter((line) => !isProgram(line)),
    yolo,
    continueLast: last,
    resume: resume.filter((word) => !word.includes(place)),
    resumeById: (id) => {
      if (resume.length === 0) return [];
      return withPlace ? resume.map((word) => word.replaceAll(place, () => id)) : [...resume, id];
    },
    conversations: () => [],
    npm: undefined,
    state: {},
    credentials: [],
  };
}

function isProgram(line: string): boolean {
  return /^[^\s'"\\;&|<>()$`=]+$/.test(line);
}
