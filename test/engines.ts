import { build, executablePath } from "./support/build.ts";
import { environment, interruption, tell } from "./support/command.ts";
import { allEngines, parseEngines } from "./support/engines.ts";
import { prepareMachine } from "./support/machine.ts";

// npm run engines [-- COMMAND...]: runs a command, or a shell, in which single test files can be run again and again:
// `bun test test/engine/ls.test.ts`. The engines are those of `npm test`; they are stopped when it ends.

await build();
const named = parseEngines(process.env["MANYOYO_TEST_ENGINES"] ?? "");
const machine = await prepareMachine(named.length === 0 ? allEngines : named);
// Ctrl-C is for what runs in the shell; the engines are stopped when that has ended.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (signal !== "SIGINT") interruption.abort();
  });
}
for (const problem of machine.problems) tell(problem);
const variables = { ...machine.environment, MANYOYO_BIN: executablePath };
for (const [name, value] of Object.entries(variables)) tell(`export ${name}='${value}'`);
const given = process.argv.slice(2);
const words = given.length > 0 ? given : [process.env["SHELL"] || "/bin/sh"];
const child = Bun.spawn(words, {
  env: environment(variables),
  stdio: ["inherit", "inherit", "inherit"],
  signal: interruption.signal,
});
const status = await child.exited;
await machine.stop();
process.exit(status);
