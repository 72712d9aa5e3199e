/**
 * All that manyoyo may say to an engine, as strictly as it can be written down. A call is read as the engine's own program
 * reads it: any word with a dash is an option, wherever it stands, apart from what comes behind the container or image of `run`,
 * `create` and `exec`.
 */
interface Grammar {
  /** Options, with what their value may be; null for one that takes none. */
  readonly options: Readonly<Record<string, RegExp | null>>;
  /** What its other words may be. */
  readonly operands: RegExp;
  /** Whether everything behind the first operand belongs to the container. */
  readonly ends?: true;
}

const any = /^/;
const name = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const image = /^[A-Za-z0-9][\w./:@-]*$/;
const none = /^\b$/;
// `"` is doubled in a field, so that no value ends its field.
const field = '"(?:source|target)=(?:[^"]|"")*"';
const mount = new RegExp(
  `^type=(?:bind|volume)(?:,${field}|,source=(?:[\\w.-]+|/sys/fs/cgroup/[\\w./-]+)|,target=/manyoyo/[a-z]+)*(?:,ro)?(?:,volume-opt=manyoyo=there)?$`,
  "s",
);
const filter = { "--filter": /^(label|reference|name|volume|ancestor|id|status|dangling)=/s };
const making = {
  "--name": name,
  "--label": /^manyoyo\./,
  "--pull": /^never$/,
  "--network": /^none$/,
  "--mount": mount,
  "-v": /^[^:].*:(ro,)?[zZ]$/s,
  "--entrypoint": /^\/bin\/(sh|true)$/,
  "--image-volume": /^ignore$/,
  "--security-opt": /^label=disable$/,
  "--log-driver": /^(local|k8s-file)$/,
  "--log-opt": /^max-size=10mb?$/,
  "--workdir": any,
  "--user": /^0$/,
  "--cap-drop": /^ALL$/,
  "--env":
    /^(MANYOYO_READY=(\/tmp\/\.manyoyo-[0-9a-f-]{36})?|(DOCKER|CONTAINER)_HOST=unix:\/\/\/var\/run\/docker\.sock)$/,
  "--env-file": /^\/dev\/fd\/3$/,
  // This and the folder are also what a container that is copied says of itself: the engine judges.
  "--publish": any,
  "--stop-signal": /^TERM$/,
  "--detach": null,
  "--rm": null,
  "--interactive": null,
} as const;

const grammars: Readonly<Record<string, Grammar>> = {
  run: { options: making, operands: image, ends: true },
  create: { options: making, operands: image, ends: true },
  exec: {
    options: {
      "--detach": null,
      "--interactive": null,
      "--tty": null,
      "--detach-keys": /^(|ctrl-[@^_,ctrl-]*)$/,
      "--env": /^(MANYOYO_EXEC=[0-9a-f]{16}|TERM|COLORTERM|LANG|TZ)$/,
      "--env-file": /^\/dev\/fd\/3$/,
      "--user": /^(0|\d+:\d+)$/,
      "--workdir": /^\/$/,
    },
    operands: name,
    ends: true,
  },
  ps: {
    options: {
      "--all": null,
      "--quiet": null,
      "--no-trunc": null,
      "--size": null,
      "--last": /^1$/,
      "--format": any,
      ...filter,
    },
    operands: none,
  },
  "container inspect": { options: { "--size": null, "--format": any }, operands: name },
  "image inspect": { options: { "--format": any }, operands: image },
  "image ls": {
    options: { "--quiet": null, "--no-trunc": null, "--all": null, "--format": any, ...filter },
    operands: none,
  },
  images: {
    options: { "--quiet": null, "--no-trunc": null, "--all": null, "--format": any, ...filter },
    operands: image,
  },
  "volume inspect": { options: { "--format": any }, operands: name },
  "volume create": { options: { "--label": /^manyoyo\./ }, operands: name },
  "volume prune": { options: { "--force": null, ...filter }, operands: none },
  "volume rm": { options: {}, operands: name },
  "volume ls": { options: { "--quiet": null, "--format": any, ...filter }, operands: none },
  stats: { options: { "--no-stream": null, "--no-trunc": null, "--format": any }, operands: name },
  logs: {
    options: { "--timestamps": null, "--follow": null, "--tail": /^\d+$/, "--since": any },
    operands: name,
  },
  start: { options: {}, operands: name },
  stop: { options: { "--time": /^\d$/ }, operands: name },
  pause: { options: {}, operands: name },
  unpause: { options: {}, operands: name },
  wait: { options: {}, operands: name },
  rename: { options: {}, operands: name },
  rm: { options: { "--force": null, "--volumes": null, "--time": /^0$/ }, operands: name },
  rmi: { options: {}, operands: image },
  diff: { options: {}, operands: name },
  pull: { options: { "--quiet": null }, operands: image },
  tag: { options: {}, operands: image },
  commit: {
    options: {
      "--change": /^(LABEL|USER|ENV|ENTRYPOINT|CMD|WORKDIR) /s,
      "--pause=false": null,
      "--quiet": null,
    },
    operands: image,
  },
  save: { options: {}, operands: image },
  load: { options: {}, operands: none },
  export: { options: {}, operands: name },
  version: { options: { "--format": any }, operands: none },
  info: { options: { "--format": any }, operands: none },
  cp: { options: { "--archive=false": null, "-": null }, operands: /^([A-Za-z0-9][\w.-]*:\/.*|-)$/s },
};

/** What else a call may say, since its user asked for exactly that. */
export interface Allowed {
  /** Words of `--engine-arg` and of `engineArgs`, which are the engine's by right. */
  readonly engineArgs: ReadonlySet<string>;
  /** Whether `-m dind` was asked for. */
  readonly privileged: boolean;
}

/** What is wrong with a call of an engine's program (its name first); undefined where all its words are ours. */
export function wrongWord(call: readonly string[], allowed: Allowed): string | undefined {
  const [, first = "", second = ""] = call;
  const two = grammars[`${first} ${second}`];
  const grammar = two ?? (Object.hasOwn(grammars, first) ? grammars[first] : undefined);
  if (grammar === undefined) return `the verb ${first} ${second}`;
  const words = call.slice(two === undefined ? 2 : 3);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (allowed.engineArgs.has(word) && (first === "run" || first === "create")) continue;
    if (word.startsWith("-") && word !== "-") {
      if (word === "--privileged" && allowed.privileged) continue;
      const wanted = Object.hasOwn(grammar.options, word) ? grammar.options[word] : undefined;
      if (wanted === undefined) return `the option ${word}`;
      if (wanted === null) continue;
      at += 1;
      const value = words[at];
      if (value === undefined || !wanted.test(value)) return `${word} ${JSON.stringify(value)}`;
      continue;
    }
    if (!grammar.operands.test(word)) return `the operand ${JSON.stringify(word)}`;
    if (grammar.ends) return undefined;
  }
  return undefined;
}
