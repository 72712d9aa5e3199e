import { quoted } from "./values.ts";

/** What a profile is to say, in the words of its file: paths absolute, lists always lists. */
export interface Draft {
  readonly containerName?: string | undefined;
  readonly hostPath?: string | undefined;
  readonly containerPath?: string | undefined;
  readonly imageName?: string | undefined;
  readonly imageVersion?: string | undefined;
  readonly containerMode?: string | undefined;
  readonly yolo?: string | undefined;
  readonly shell?: string | undefined;
  readonly shellPrefix?: string | undefined;
  readonly shellSuffix?: string | undefined;
  readonly engine?: string | undefined;
  readonly menu?: string | undefined;
  readonly history?: string | undefined;
  readonly login?: string | undefined;
  readonly user?: string | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly ports?: readonly string[] | undefined;
  readonly envFile?: readonly string[] | undefined;
  /** Names alone: a variable that takes the value it has where the profile is used. */
  readonly env?: readonly string[] | undefined;
  readonly engineArgs?: readonly string[] | undefined;
  readonly quiet?: readonly string[] | undefined;
}

interface About {
  readonly key: keyof Draft;
  readonly about: string;
  /** How it is written, for a setting that is not said. */
  readonly example: string;
}

const settings: readonly About[] = [
  {
    key: "containerName",
    about: "The session's name; {now} is month, day and time.",
    example: '"my-app-{now}"',
  },
  { key: "yolo", about: "The agent to run: claude, codex, gemini or opencode.", example: '"claude"' },
  { key: "shell", about: "The shell line to run, in place of an agent.", example: '"npm test"' },
  { key: "shellPrefix", about: "Goes before that line.", example: '"FOO=1"' },
  { key: "shellSuffix", about: "Goes after that line.", example: '"--verbose"' },
  {
    key: "hostPath",
    about: "The workspace; where manyoyo is called, unless said.",
    example: '"~/src/my-app"',
  },
  { key: "containerPath", about: "The workspace's path inside; the same, unless said.", example: '"/work"' },
  { key: "volumes", about: "Folders and volumes, FROM:TO[:ro].", example: '["~/data:/data:ro"]' },
  { key: "env", about: "Variables that take the value that they have here.", example: '["LANG"]' },
  { key: "envFile", about: "Variables of ~/.manyoyo/env/NAME.env.", example: '["web"]' },
  {
    key: "ports",
    about: "Ports, HERE:INSIDE, on 127.0.0.1 unless an address is given.",
    example: '["8080:80"]',
  },
  { key: "imageName", about: "The image's name.", example: '"localhost/manyoyo"' },
  { key: "imageVersion", about: "The image's version.", example: '"1-common"' },
  {
    key: "containerMode",
    about: "common, dind (docker inside) or sock (this machine's engine).",
    example: '"common"',
  },
  { key: "engine", about: "docker or podman.", example: '"podman"' },
  {
    key: "engineArgs",
    about: "Further arguments for the engine's run.",
    example: '["--memory", "4g"]',
  },
  {
    key: "history",
    about: "keep: the conversations outlive the session.",
    example: '"keep"',
  },
  { key: "login", about: "An agent's login: shared, session or none.", example: '"shared"' },
  { key: "user", about: "Who commands run as: auto or root.", example: '"auto"' },
  { key: "menu", about: "The question at the end: auto, always or never.", example: '"auto"' },
  { key: "quiet", about: "Messages to leave out: cnew, crm, tip, cmd, askkeep or full.", example: '["tip"]' },
];

/**
 * A profile as JSON5 with a comment at each setting; what is not said stands there as a comment too, to be filled in. Pure.
 * @param heading sentences for the top of the file.
 */
export function profileText(draft: Draft, heading: readonly string[]): string {
  const said = settings.filter(({ key }) => isSaid(draft[key]));
  const unsaid = settings.filter(({ key }) => !isSaid(draft[key]));
  return [
    ...heading.map((line) => `// ${oneLine(line)}`),
    "{",
    ...said.flatMap(({ key, about }) => [`  // ${about}`, `  ${key}: ${written(draft[key])},`, ""]),
    "  // What else there is, as examples:",
    ...unsaid.map(({ key, about, example }) => `  // ${key}: ${example},  // ${about}`),
    "}",
    "",
  ].join("\n");
}

function isSaid(value: Draft[keyof Draft]): boolean {
  return value !== undefined && (typeof value === "string" || value.length > 0);
}

function written(value: Draft[keyof Draft]): string {
  if (value === undefined) return "null";
  if (typeof value === "string") return quoted(value);
  const [only, ...more] = value.map(quoted);
  if (more.length === 0) return `[${only ?? ""}]`;
  return `[\n${value.map((each) => `    ${quoted(each)},\n`).join("")}  ]`;
}

// What ends a comment in JSON5.
function oneLine(text: string): string {
  return text.replace(/[\n\r\u2028\u2029]+/g, " ");
}

/** Later scalars win, lists add up, each word once; a line and an agent put each other aside. Pure. */
export function mergeDrafts(base: Draft, over: Draft): Draft {
  const command =
    over.yolo === undefined && over.shell === undefined ? {} : { yolo: over.yolo, shell: over.shell };
  const scalars = Object.fromEntries(
    Object.entries(over).filter(([, value]) => value !== undefined && !Array.isArray(value)),
  );
  const both = (one: readonly string[] = [], other: readonly string[] = []) => [
    ...new Set([...one, ...other]),
  ];
  return {
    ...base,
    ...scalars,
    ...command,
    volumes: both(base.volumes, over.volumes),
    ports: both(base.ports, over.ports),
    envFile: both(base.envFile, over.envFile),
    env: both(base.env, over.env),
    engineArgs: [...(base.engineArgs ?? []), ...(over.engineArgs ?? [])],
    quiet: both(base.quiet, over.quiet),
  };
}

/** The name and the version in an image's reference: what profiles say apart. */
export function imageParts(reference: string): { readonly imageName: string; readonly imageVersion: string } {
  const at = reference.lastIndexOf(":");
  if (at <= reference.lastIndexOf("/")) return { imageName: reference, imageVersion: "latest" };
  return { imageName: reference.slice(0, at), imageVersion: reference.slice(at + 1) };
}
