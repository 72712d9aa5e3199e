import { rootCertificates } from "node:tls";
import * as v from "valibot";
import { Failure } from "../failure.ts";

/** How the npm registry is reached from here. */
export interface Registry {
  /** Its address, which may hold a login. */
  readonly url: string;
  /** Certificates in PEM that are believed besides the usual ones. */
  readonly certificates: string | undefined;
  readonly proxy: string | undefined;
}

const one = v.object({ version: v.string() });
const all = v.object({ versions: v.record(v.string(), v.unknown()) });

/**
 * The exact version that a version or a tag of a package means now.
 * @throws Failure `no-image` when the registry does not answer, `usage` when it has none such.
 */
export async function versionOf(registry: Registry, name: string, wanted = "latest"): Promise<string> {
  const found = await ask(registry, `${name.replace("/", "%2f")}/${encodeURIComponent(wanted)}`);
  const parsed = v.safeParse(one, found);
  if (parsed.success) return parsed.output.version;
  throw new Failure("usage", `The npm registry has no ${name} ${wanted}.`);
}

/**
 * The newest Node with long support, 24 or later, that npm has for this machine's kind of processor.
 * @throws Failure `no-image` when the registry does not answer or has none.
 */
export async function newestNode(registry: Registry, arch: string): Promise<string> {
  const parsed = v.safeParse(all, await ask(registry, `node-linux-${arch}`));
  const newest = parsed.success ? newestEven(Object.keys(parsed.output.versions), 24) : undefined;
  if (newest !== undefined) return newest;
  throw new Failure(
    "no-image",
    `The npm registry has no Node for ${arch}.`,
    "Name one: --iba NODE_VERSION=...",
  );
}

/** The highest of these versions whose first number is even and at least `least`: odd ones are never supported for long. */
export function newestEven(versions: readonly string[], least: number): string | undefined {
  return versions
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .filter((version) => Number.parseInt(version, 10) % 2 === 0 && Number.parseInt(version, 10) >= least)
    .toSorted((one, other) => Bun.semver.order(one, other))
    .at(-1);
}

// Undefined for what the registry does not have. A login in its address goes as a header, and never into a message.
async function ask({ url, certificates, proxy }: Registry, path: string): Promise<unknown> {
  const address = new URL(`${url.replace(/\/*$/, "/")}${path}`);
  const { username, password, host } = address;
  address.username = "";
  address.password = "";
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    "base64",
  );
  try {
    const answer = await fetch(address, {
      headers: {
        accept: "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8",
        ...(username === "" ? {} : { authorization: `Basic ${login}` }),
      },
      signal: AbortSignal.timeout(30_000),
      ...(certificates === undefined ? {} : { tls: { ca: [...rootCertificates, certificates] } }),
      ...(proxy === undefined ? {} : { proxy }),
    });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return await answer.json();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.split("\n", 1).join() : "no answer";
    throw new Failure(
      "no-image",
      `The npm registry ${host} cannot be reached: ${why.replace(/[^.]$/, "$&.")}`,
      "Behind a proxy set https_proxy, for a company's certificates give --ca-bundle FILE; without agents: --agents none.",
    );
  }
}
