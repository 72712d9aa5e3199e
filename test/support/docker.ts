import { join } from "node:path";
import { makeBridge } from "./bridge.ts";
import { dockerVersion, installDocker, startDockerd } from "./dockerd.ts";
import { obstacle, type Usable } from "./proof.ts";

/** The docker that answers already, when it runs containers; a DOCKER_HOST that does not is an error, not a no. */
async function presentDocker(): Promise<Usable | undefined> {
  const host = process.env["DOCKER_HOST"];
  const version = await dockerVersion();
  const reason = version === undefined ? "no answer" : await obstacle("docker", {});
  if (reason === undefined) return { environment: {}, what: `the one that is running (${version})` };
  if (host) throw new Error(`DOCKER_HOST is ${host}, and what it names runs no container: ${reason}`);
  return undefined;
}

/** A docker that runs containers: the one that is there, else one of our own in the place. Throws an Error with why not. */
export async function usableDocker(place: string): Promise<Usable> {
  const present = await presentDocker();
  if (present !== undefined) return present;
  if (process.getuid?.() !== 0)
    throw new Error("none answers that runs a container, and starting one takes root");
  await installDocker();
  // A package may have started its daemon by itself.
  const started = await presentDocker();
  if (started !== undefined) return started;
  return privateDocker(place);
}

async function privateDocker(place: string): Promise<Usable> {
  const socket = join(place, "docker.sock");
  const folders = ["--data-root", join(place, "docker"), "--exec-root", join(place, "exec")];
  const words = [...folders, "--pidfile", join(place, "docker.pid"), "--bridge", await makeBridge(place)];
  await startDockerd({
    socket,
    log: join(place, "dockerd.log"),
    words: [...words, "--shutdown-timeout", "1"],
  });
  const environment = { DOCKER_HOST: `unix://${socket}` };
  const reason = await obstacle("docker", environment);
  if (reason !== undefined) throw new Error(`a dockerd of our own runs no container: ${reason}`);
  return { environment, what: `a private dockerd (${await dockerVersion(environment.DOCKER_HOST)})` };
}
