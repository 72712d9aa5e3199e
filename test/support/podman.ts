import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./apt.ts";
import { ownBridge } from "./bridge.ts";
import { run, which } from "./command.ts";
import { defaultMtu } from "./dockerd.ts";
import { takesOverlays } from "./place.ts";
import { obstacle, type Usable } from "./proof.ts";

const packages = ["podman", "netavark", "aardvark-dns", "runc", "iptables", "catatonit"];

/** Root's podman gets images and containers of its own, so that those of the machine are never touched. */
async function privateStorage(place: string, name: string): Promise<Readonly<Record<string, string>>> {
  if (process.getuid?.() !== 0 || process.env["CONTAINERS_STORAGE_CONF"]) return {};
  const file = join(place, `${name}.conf`);
  const driver = (await takesOverlays(place)) ? "overlay" : "vfs";
  const folders = `graphroot = "${place}/${name}"\nrunroot = "${place}/${name}-run"\n`;
  writeFileSync(file, `[storage]\ndriver = "${driver}"\n${folders}`);
  return { CONTAINERS_STORAGE_CONF: file };
}

/**
 * What podman needs where it may not raise limits (CAP_SYS_RESOURCE is missing), where no systemd hands out cgroups and
 * no journal takes events, and where crun refuses cgroups of both versions side by side. Its network is one of its own.
 */
function privateConfiguration(place: string): Readonly<Record<string, string>> {
  const file = join(place, "containers.conf");
  const networks = join(place, "networks");
  mkdirSync(networks, { recursive: true });
  const third = process.pid % 250;
  const network = {
    name: "podman",
    id: "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9",
    driver: "bridge",
    network_interface: ownBridge(place, "p"),
    subnets: [{ subnet: `10.232.${third}.0/24`, gateway: `10.232.${third}.1` }],
    ipv6_enabled: false,
    internal: false,
    dns_enabled: false,
    ipam_options: { driver: "host-local" },
    options: { mtu: defaultMtu() },
  };
  writeFileSync(join(networks, "podman.json"), JSON.stringify(network));
  const lines = [
    "[engine]",
    'runtime = "runc"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    `tmp_dir = "${place}/podman-tmp"`,
    "[containers]",
    'default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]',
    "[network]",
    'network_backend = "netavark"',
    `network_config_dir = "${networks}"`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return { CONTAINERS_CONF: file };
}

/** The podman under these variables, or the reason why it runs no container. */
async function attempt(
  environment: Readonly<Record<string, string>>,
  what: string,
): Promise<Usable | string> {
  const reason = await obstacle("podman", environment).catch((error: unknown) => String(error));
  if (reason !== undefined) return reason;
  const version = (await run(["podman", "--version"])).stdout.trim();
  return { environment, what: `${version}, ${what}` };
}

/** A podman that runs containers, as the machine has set it up or as we do. Throws an Error with the reason why not. */
export async function usablePodman(place: string): Promise<Usable> {
  if (which("podman") === undefined) await install(packages);
  const given = await attempt(await privateStorage(place, "podman"), "as this machine has set it up");
  if (typeof given !== "string") return given;
  if (process.env["CONTAINERS_CONF"]) throw new Error(`under the CONTAINERS_CONF that is set: ${given}`);
  if (process.getuid?.() !== 0) throw new Error(given);
  await install(packages);
  // Storage of its own again: podman remembers in it under which configuration it was made.
  const storage = await privateStorage(place, "podman-own");
  const own = await attempt(
    { ...storage, ...privateConfiguration(place) },
    "with a configuration of our own",
  );
  if (typeof own === "string") throw new Error(own);
  return own;
}
