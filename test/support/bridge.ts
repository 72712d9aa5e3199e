import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./apt.ts";
import { run, which } from "./command.ts";

const list = "bridges";

/** Remembers a bridge that belongs to a place and goes with it; its name. */
export function ownBridge(place: string, kind: "d" | "p"): string {
  const name = `manyoyo${kind}${process.pid}`;
  appendFileSync(join(place, list), `${name}\n`);
  return name;
}

/** An address for a bridge, which no route or device has. */
async function freeAddress(third: number): Promise<string> {
  const used = (await run(["ip", "-4", "addr"])).stdout + (await run(["ip", "route"])).stdout;
  const starts = Array.from({ length: 250 }, (_, index) => `10.231.${(third + index) % 250}.`);
  return `${starts.find((start) => !used.includes(start)) ?? "10.231.250."}1/24`;
}

/**
 * Makes a bridge for a private dockerd: beside another one, both would use `docker0` and hand out the same addresses,
 * and `--bridge=none` would remove the other one's bridge. Throws an Error where that is not allowed.
 */
export async function makeBridge(place: string): Promise<string> {
  if (which("ip") === undefined) await install(["iproute2"]);
  const name = ownBridge(place, "d");
  const address = await freeAddress(process.pid);
  const calls = [`link add ${name} type bridge`, `addr add ${address} dev ${name}`, `link set ${name} up`];
  for (const words of calls) {
    const done = await run(["ip", ...words.split(" ")]);
    if (done.status !== 0) throw new Error(`ip ${words}: ${done.stderr.trim()}`);
  }
  return name;
}

/** Removes the packet filter's rules about a bridge: a dockerd that ends leaves them where they are. */
async function removeRules(bridge: string): Promise<void> {
  for (const table of ["nat", "filter"]) {
    const rules = await run(["iptables", "-t", table, "-S"], { always: true });
    for (const rule of rules.stdout.split("\n").map((line) => line.split(" "))) {
      if (rule[0] !== "-A" || !rule.includes(bridge)) continue;
      await run(["iptables", "-w", "-t", table, "-D", ...rule.slice(1)], { always: true });
    }
  }
}

/** Removes the bridges of a place, with all that was set up for them. */
export async function removeBridges(place: string): Promise<void> {
  const file = join(place, list);
  const names = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  for (const name of names.filter((name) => name !== "")) {
    await removeRules(name);
    if (existsSync(`/sys/class/net/${name}/bridge`)) await run(["ip", "link", "del", name], { always: true });
  }
}
