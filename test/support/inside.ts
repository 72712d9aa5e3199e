import type { EngineName } from "./engines.ts";
import { raw } from "./manyoyo.ts";
import { programsInGroup } from "./memory.ts";

/** The command lines of all that runs in a container, as its own `ps` shows them. */
export async function processesIn(engine: EngineName, name: string): Promise<string> {
  return (await raw(engine, "exec", name, "ps", "-ww", "-eo", "stat,args")).stdout;
}

/**
 * The words of each program in a container as this machine sees them, which takes a third of the time that a look from inside
 * does. None where it does not run, or runs on a machine of its own.
 */
export async function wordsSeenIn(engine: EngineName, name: string): Promise<readonly string[]> {
  const id = (await raw(engine, "container", "inspect", "--format", "{{.Id}}", name)).stdout.trim();
  return id === "" ? [] : programsInGroup(id).map(({ words }) => words);
}

/** Whether a container of exactly that name exists, in any state. */
export async function exists(engine: EngineName, name: string): Promise<boolean> {
  const said = await raw(engine, "ps", "--all", "--format", "{{.Names}}");
  if (said.status !== 0) throw new Error(`${engine} ps: ${said.stderr}`);
  return said.stdout.split("\n").includes(name);
}

/** One field of a container, by a template that both engines know: `.Id`, `json .Config.Labels`. */
export async function field(engine: EngineName, name: string, template: string): Promise<string> {
  const said = await raw(engine, "container", "inspect", "--format", `{{${template}}}`, name);
  if (said.status !== 0) throw new Error(`${engine} inspect ${name}: ${said.stderr}`);
  return said.stdout.trim();
}

/** The nameless volumes that a container has; none where there is no such container. */
export async function ownVolumes(engine: EngineName, name: string): Promise<readonly string[]> {
  const template = "{{range .Mounts}}{{.Name}} {{end}}";
  const said = await raw(engine, "container", "inspect", "--format", template, name);
  return said.stdout.split(/\s+/).filter((each) => /^[0-9a-f]{64}$/.test(each));
}
