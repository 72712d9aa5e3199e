import { agents } from "../agents/known.ts";
import { mountOfWords } from "../settings/mount-text.ts";
import { type Draft, imageParts } from "../settings/profile-text.ts";
import { quote } from "./command.ts";
import type { Session } from "./session.ts";

/** A profile by which a session like this one is made again, as far as its labels tell. Pure. */
export function draftOf(session: Session): Draft {
  const { firstCommand, args, folder, image } = session;
  const agent = agents.find(({ yolo }) => yolo === firstCommand);
  const options = optionsOf(session.options);
  return {
    ...(agent === undefined
      ? { shell: firstCommand === "" ? undefined : firstCommand }
      : { yolo: agent.name }),
    shellSuffix: args.length === 0 ? undefined : args.map(quote).join(" "),
    hostPath: folder,
    containerPath: options.folderInside === folder ? undefined : options.folderInside,
    user: session.userHabit,
    containerMode: options.mode === "common" ? undefined : options.mode,
    volumes: options.volumes.flatMap((words) => mountOfWords(words) ?? []),
    ports: options.ports,
    ...imageParts(options.base ?? options.image ?? image),
  };
}

interface Options {
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  readonly mode: string | undefined;
  readonly folderInside: string | undefined;
  readonly image: string | undefined;
  /** Of one that was copied, the image that the first one was made from. */
  readonly base: string | undefined;
}

// A label can be written by anybody, so nothing of it is taken for granted.
function optionsOf(text: string | undefined): Options {
  const told = new Map<string, unknown>(Object.entries(json(text)));
  const words = (key: string): readonly string[] => {
    const value = told.get(key);
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  };
  const word = (key: string): string | undefined => {
    const value = told.get(key);
    return typeof value === "string" ? value : undefined;
  };
  return {
    volumes: words("volumes"),
    ports: words("ports"),
    mode: word("mode"),
    folderInside: word("folderInside"),
    image: word("image"),
    base: word("base"),
  };
}

function json(text: string | undefined): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
