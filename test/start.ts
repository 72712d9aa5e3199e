import { existsSync } from "node:fs";
import { baseTar } from "../lib/image/base.ts";
import { imageOf } from "../lib/session/plan.ts";
import { mergeLayers } from "../lib/settings/layer.ts";
import { cannotInstall, install } from "./support/apt.ts";
import { hasImage } from "./support/base.ts";
import { build, executablePath } from "./support/build.ts";
import { environment, run, tell, which } from "./support/command.ts";
import type { EngineName } from "./support/engines.ts";
import { userEngine } from "./support/user-engine.ts";

// npm start: makes this machine ready, then does manyoyo's main job before your eyes, in this folder.

const session = "my-start";

/** A word as one would type it at a shell. */
function typed(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Shows a call of manyoyo and makes it, at this terminal; its exit status. */
async function show(words: readonly string[]): Promise<number> {
  console.log(`\n$ manyoyo ${words.map(typed).join(" ")}`);
  const child = Bun.spawn([executablePath, ...words], {
    env: environment(),
    stdio: ["inherit", "inherit", "inherit"],
  });
  return child.exited;
}

/** {@link show} for a step that the next ones need. Throws an Error when it fails. */
async function must(words: readonly string[]): Promise<void> {
  const status = await show(words);
  if (status !== 0) throw new Error(`That ended with status ${status}; manyoyo's own words are above.`);
}

/** Makes sure that the engine has an image, and says which: manyoyo's own, or a plain Debian where it cannot be made. */
async function readyImage(engine: EngineName, chosen: readonly string[]): Promise<readonly string[]> {
  const own = imageOf(mergeLayers([]));
  if (await hasImage({ engine, reference: own })) return [];
  const fallback = "debian:stable-slim";
  if (which("apt-get") === undefined) {
    const pulled = await run([engine, "pull", fallback], { limit: 300_000 });
    if (pulled.status === 0) return ["--image", fallback];
  }
  const made = existsSync(baseTar(process.env)) || which("mmdebstrap") !== undefined;
  if (!made && cannotInstall() === undefined) await install(["mmdebstrap"]);
  await must(["image", "build", "--agents", "none", ...chosen]);
  return [];
}

async function main(): Promise<number> {
  const { made } = await build();
  if (made) tell("Built dist/manyoyo.");
  const engine = await userEngine(imageOf(mergeLayers([])));
  // docker is what manyoyo takes by itself; podman is named, in case a docker client without a daemon is here too.
  const chosen = engine === "podman" ? ["--engine", "podman"] : [];
  const image = await readyImage(engine, chosen);
  tell(`\nA session in this folder, in ${engine}; the folder is there inside, at its own path.`);
  await must([...chosen, ...image, "-n", session, "-q", "askkeep", "-s", "ls --color=auto"]);
  await must([...chosen, "-n", session, "-x", 'echo "I am $(whoami) in $(pwd), on $(uname -sr)"']);
  await must(["ls", ...chosen]);
  tell("\nThe same name joins it again; what stands after -- goes to its first command.");
  const status = await show([...chosen, "-n", session, "--", "-l"]);
  tell(
    `\nThe program is dist/manyoyo; put it on your PATH. A session that you kept goes with: manyoyo rm ${session}`,
  );
  return status;
}

try {
  process.exit(await main());
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
