import { Failure } from "../failure.ts";
import { nearest } from "../nearest.ts";
import { quoted } from "../settings/values.ts";
import { isProxyName, proxyVariables } from "./network.ts";

const known = ["NODE_VERSION", "NPM_VERSION", "NPM_CONFIG_REGISTRY", "PACKAGES"] as const;

type Known = (typeof known)[number];

/** What a build is told besides its options. */
export interface Arguments {
  /** Exact versions, or tags of npm. */
  readonly node: string | undefined;
  readonly npm: string | undefined;
  readonly registry: string;
  /** Further packages of the distribution, parted by blanks. */
  readonly packages: string;
  readonly proxies: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `K=V` words, and `K` for our own value of it; the proxy and the registry also come from our variables.
 * @throws Failure `usage`
 */
export function readArguments(words: readonly string[], env: Environment): Arguments {
  const given = new Map(words.map((word) => readArgument(word, env)));
  const value = (name: Known): string | undefined => given.get(name) || undefined;
  const registry = value("NPM_CONFIG_REGISTRY") ?? env["NPM_CONFIG_REGISTRY"] ?? env["npm_config_registry"];
  const packages = value("PACKAGES") ?? "";
  if (!/^[a-z0-9+.: -]*$/.test(packages) || /(^| )-/.test(packages))
    throw new Failure("usage", `${quoted(packages)} are no names of packages.`);
  return {
    node: value("NODE_VERSION")?.replace(/^v/, ""),
    npm: value("NPM_VERSION"),
    registry: checkAddress(registry || "https://registry.npmjs.org/"),
    packages,
    proxies: { ...proxyVariables(env), ...proxyVariables(Object.fromEntries(given)) },
  };
}

function readArgument(word: string, env: Environment): readonly [string, string] {
  const [name = ""] = word.split("=", 1);
  if (isProxyName(name) || known.some((each) => each === name))
    return [name, word.includes("=") ? word.slice(name.length + 1) : (env[name] ?? "")];
  const near = nearest(name, known);
  throw new Failure(
    "usage",
    `The build takes no argument ${quoted(name)}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    `It takes ${known.join(", ")}, and the variables of a proxy.`,
  );
}

// The address may hold a password: it is not repeated.
function checkAddress(text: string): string {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address?.protocol === "https:" || address?.protocol === "http:") return address.href;
  throw new Failure("usage", "NPM_CONFIG_REGISTRY is no http address.");
}
