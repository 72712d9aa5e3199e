import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { removeBridges } from "./bridge.ts";
import { run } from "./command.ts";

const prefix = "manyoyo-test-";
const parents = ["/var/tmp", "/tmp"];
const overlayfs = 0x794c7630;
const tmpfs = 0x01021994;

/** Whether overlays can be laid over the folder: not in a container's own root file system. */
export async function takesOverlays(folder: string): Promise<boolean> {
  return (await statfs(folder)).type !== overlayfs;
}

/** As `newPlace`; leftovers of runs that were killed are removed first. Not while tests run: their folders look like that. */
export async function openPlace(): Promise<string> {
  for (const folder of parents.filter((each) => existsSync(each))) await sweep(folder);
  return newPlace();
}

/** A folder of this process for engines' data: on a disk where there is one, with a path short enough for sockets. */
export async function newPlace(): Promise<string> {
  const folders = parents.filter((folder) => existsSync(folder));
  const kinds = await Promise.all(folders.map(async (path) => ({ path, type: (await statfs(path)).type })));
  const disk = kinds.find(({ type }) => type !== overlayfs && type !== tmpfs) ?? kinds[0];
  return mkdtempSync(join(disk?.path ?? "/tmp", `${prefix}${process.pid}-`));
}

/** Ends the dockerd of a place, if one runs there, and waits for its end. */
async function endDockerd(place: string): Promise<void> {
  const file = join(place, "docker.pid");
  if (!existsSync(file)) return;
  const pid = readFileSync(file, "utf8").trim();
  const words = `/proc/${pid}/cmdline`;
  const runs = () => existsSync(words) && readFileSync(words, "utf8").includes(file);
  // It ends its containers first, and its containerd last.
  for (const [signal, tenths] of [
    ["TERM", 200],
    ["KILL", 20],
  ] as const) {
    if (runs()) await run(["kill", `-${signal}`, pid], { always: true });
    for (let tenth = 0; tenth < tenths && runs(); tenth += 1) await Bun.sleep(100);
  }
}

/** What is mounted below a folder, innermost first. */
function mountsBelow(folder: string): readonly string[] {
  if (!existsSync("/proc/self/mountinfo")) return [];
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse();
}

/** Removes the containers of podman's storages in a place: podman has no daemon that would do so when it ends. */
async function endPodman(place: string): Promise<void> {
  const configuration = join(place, "containers.conf");
  for (const storage of readdirSync(place).filter((name) => /^podman.*\.conf$/.test(name))) {
    const environment = {
      CONTAINERS_STORAGE_CONF: join(place, storage),
      ...(existsSync(configuration) ? { CONTAINERS_CONF: configuration } : {}),
    };
    for (const words of ["rm --all --force --time 0", "volume rm --all --force"]) {
      await run(["podman", ...words.split(" ")], { environment, always: true });
    }
  }
}

/** Stops what runs in a place, then removes it with everything that is mounted in it, and its bridges. */
export async function closePlace(place: string): Promise<void> {
  await endPodman(place);
  await endDockerd(place);
  for (const mount of mountsBelow(place)) await run(["umount", "-l", mount], { always: true });
  await removeBridges(place);
  rmSync(place, { recursive: true, force: true });
}

/** Closes the places of our own runs whose process is gone. */
async function sweep(folder: string): Promise<void> {
  if (!existsSync("/proc/self")) return;
  for (const name of readdirSync(folder).filter((each) => each.startsWith(prefix))) {
    // Without a number it is nobody's of ours.
    const pid = /^\d+(?=-)/.exec(name.slice(prefix.length))?.[0];
    if (pid === undefined) continue;
    const ours = statSync(join(folder, name), { throwIfNoEntry: false })?.uid === process.getuid?.();
    if (ours && !existsSync(`/proc/${pid}`)) await closePlace(join(folder, name));
  }
}
