import type { Agent } from "../agents/agent.ts";
import { imageNumber } from "../session/plan.ts";
import type { ImageVariant } from "../settings/values.ts";
import agentsStep from "./agents.sh" with { type: "text" };
import { context } from "./context.ts";
import dockerfile from "./Dockerfile" with { type: "text" };
import install from "./install.sh" with { type: "text" };
import { type ImagePart, imageLabel } from "./labels.ts";
import toolsStep from "./tools.sh" with { type: "text" };

/** An agent as it is installed: exactly that version. */
export interface Pinned {
  readonly agent: Agent;
  readonly version: string;
}

/** What every step of a build has: how the network is reached, and what the image is called afterwards. */
export interface Step {
  readonly name: string;
  /** The image that it is made on. */
  readonly on: string;
  readonly variant: ImageVariant;
  readonly base: string;
  readonly registry: string;
  /** Certificates in PEM. */
  readonly certificates: string | undefined;
  readonly node: string;
  readonly npm: string;
}

/** What an engine is given to build one image. */
export interface Recipe {
  readonly name: string;
  readonly on: string;
  readonly build: string;
  /** A tar file, for stdin. */
  readonly context: string;
}

// For those who compile and debug inside.
const fullPackages =
  "build-essential cmake dnsutils fd-find file git-lfs gnupg iproute2 iputils-ping lsof make nano openssh-client patch pipx pkg-config python3 python3-dev python3-pip python3-venv rsync shellcheck sqlite3 strace sudo tree unzip vim-tiny wget xz-utils zip";

/** The image of the tools, on a Debian or Ubuntu. */
export function toolsRecipe(step: Step, packages: string, build: string): Recipe {
  const settings = {
    NPM_CONFIG_REGISTRY: step.registry,
    NODE_VERSION: step.node,
    NPM_VERSION: step.npm,
    PACKAGES: [...(step.variant === "full" ? [fullPackages] : []), packages].join(" ").trim(),
  };
  return recipe(step, build, {
    script: toolsStep,
    settings,
    files: {},
    end: [...environment({ LANG: "C.UTF-8" }), 'CMD ["bash"]', ...labels("tools", step, build, {})],
  });
}

/** The image that sessions are made from: the agents on the tools. */
export function agentsRecipe(step: Step, agents: readonly Pinned[], build: string): Recipe {
  const settings = {
    NPM_CONFIG_REGISTRY: step.registry,
    AGENTS: agents.map(({ agent, version }) => `${agent.npm}@${version}`).join(" "),
    PROGRAMS: agents.map(({ agent }) => agent.name).join(" "),
  };
  const versions = JSON.stringify(
    Object.fromEntries(agents.map(({ agent, version }) => [agent.name, version])),
  );
  const setups = agents.flatMap(({ agent }) => (agent.setup === undefined ? [] : [agent.setup]));
  return recipe(step, build, {
    script: agentsStep,
    settings,
    files: Object.fromEntries(agents.flatMap(({ agent }) => setupFiles(agent))),
    end: [
      ...setups.flatMap(({ variables }) => environment(variables)),
      ...labels("agents", step, build, { [imageLabel.agents]: versions, [imageLabel.tools]: step.on }),
    ],
  });
}

// `files` is copied to the image as it is; what comes before a program is put there by the step.
function setupFiles({ name, setup }: Agent): readonly (readonly [string, string])[] {
  if (setup === undefined) return [];
  const files = Object.entries(setup.files).map(([path, text]) => [`files${path}`, text] as const);
  return setup.before === undefined ? files : [...files, [`before/${name}`, setup.before]];
}

interface Contents {
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Further files of the build's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** The last lines of the Dockerfile. */
  readonly end: readonly string[];
}

function recipe(step: Step, build: string, { script, settings, files, end }: Contents): Recipe {
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${quoteForSh(value)}\n`);
  return {
    name: step.name,
    on: step.on,
    build,
    context: context({
      Dockerfile: `${dockerfile}${end.join("\n")}\n`,
      "install.sh": install,
      "step.sh": script,
      settings: assignments.join(""),
      ...(step.certificates === undefined ? {} : { "ca.pem": step.certificates }),
      ...files,
    }),
  };
}

/** What an image of ours tells of itself, by its labels. */
export function toldLabels(
  part: ImagePart,
  step: Pick<Step, "name" | "variant" | "base">,
  build: string,
): Readonly<Record<string, string>> {
  return {
    [imageLabel.part]: part,
    [imageLabel.number]: imageNumber,
    [imageLabel.variant]: step.variant,
    [imageLabel.base]: step.base,
    [imageLabel.name]: step.name,
    [imageLabel.build]: build,
  };
}

// The build comes last, in a line of its own: it is then the last thing in the history.
function labels(
  part: ImagePart,
  step: Step,
  build: string,
  more: Readonly<Record<string, string>>,
): readonly string[] {
  const { [imageLabel.build]: last = "", ...told } = toldLabels(part, step, build);
  const all = { ...told, [imageLabel.node]: step.node, [imageLabel.npm]: step.npm, ...more };
  return [
    `LABEL ${Object.entries(all)
      .map(([key, value]) => `${key}=${quoteForDockerfile(value)}`)
      .join(" ")}`,
    `LABEL ${imageLabel.build}=${quoteForDockerfile(last)}`,
  ];
}

function environment(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `ENV ${name}=${quoteForDockerfile(value)}`);
}

function quoteForSh(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

// Within double quotes a Dockerfile still puts variables in.
function quoteForDockerfile(value: string): string {
  return `"${value.replace(/["\\$]/g, "\\$&")}"`;
}
