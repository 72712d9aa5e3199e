import { searchPath } from "../lib/search-path.ts";

// docker starts its plugins by a name that begins with its own.
const plugin = process.argv0.endsWith("docker-manyoyo") ? await import("./plugin.ts") : undefined;
const called = process.argv.slice(2);
const words = plugin?.adopt(called, process.env, (status) => process.exit(status)) ?? called;
const asksVersion = words.includes("--version") || words.includes("-V");

const isVersion = words.length === 1 && asksVersion;
if (!isVersion) restrictPath();

// The hot path first: nothing is loaded for it.
if (isVersion) {
  // Costs no more than console.log, which hides that nobody got it.
  await Bun.write(Bun.stdout, `${MANYOYO_VERSION}\n`).catch(async (thrown: unknown) => {
    const { report } = await import("./report.ts");
    process.exit(report(thrown, false));
  });
} else if (plugin?.isQuestion(words)) {
  process.exit(await plugin.answerDocker(words, process.env));
} else if (words.length === 2 && asksVersion && words.includes("--json")) {
  const { tellBuild } = await import("./build.ts");
  process.exit(await tellBuild());
} else if (words[0] === "complete") {
  // A shell waits at every TAB, and must never see an error of ours.
  const { complete } = await import("./complete/complete.ts");
  const lines = await complete(words.slice(1), process.env).catch(() => []);
  // Nothing at all would cut a file short that others write as well: Bun takes it for the whole of the file.
  if (lines.length > 0) {
    await Bun.write(Bun.stdout, lines.map((line) => `${line}\n`).join("")).catch(() => undefined);
  }
  // A shell that reads until the end need not wait until the process is taken down.
  (await import("node:fs")).closeSync(1);
  // At once: an engine that did not answer in time may still hold a pipe.
  process.exit(0);
} else {
  const { earlyQuestion } = await import("./early.ts");
  const early = earlyQuestion(words, process.env);
  const { run } = await import("./tree.ts");
  // At once: a question that nobody waits for any more must not hold the shell.
  process.exit(await run(words, early));
}

// Before any program is looked for: none may come from where an agent writes.
function restrictPath(): void {
  const { PATH: path, HOME: home, PWD: shown } = process.env;
  if (path === undefined) return;
  process.env["PATH"] = searchPath(searchPath(path, here(), home), shown, home);
}

function here(): string | undefined {
  try {
    return process.cwd();
  } catch {
    // It was removed.
    return undefined;
  }
}
