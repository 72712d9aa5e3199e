import { existsSync } from "node:fs";
import { cannotInstall } from "./apt.ts";
import { hasImage, importBase } from "./base.ts";
import { run, tail, tell, which } from "./command.ts";
import { dockerVersion, installDocker, startDockerd } from "./dockerd.ts";
import type { EngineName } from "./engines.ts";

const systemSocket = "/var/run/docker.sock";

/** Where an engine comes from, for somebody who has to get one himself. */
function advice(): string {
  const obstacle = cannotInstall();
  if (obstacle === undefined) return "";
  if (process.platform === "darwin") return "Install one: brew install podman && podman machine init --now";
  if (which("apt-get") === undefined) return "Install podman or docker with this system's package manager.";
  if (which("dockerd") !== undefined) return "Start the docker that is installed: sudo service docker start";
  return 'Install one: sudo apt-get install docker.io && sudo usermod -aG docker "$USER", then log in again.';
}

/** Fails when a docker is there, is meant, and still cannot be used: then starting another one would not help. */
async function refuseBrokenDocker(): Promise<void> {
  const words = (await run(["docker", "version"])).stderr;
  if (/permission denied/i.test(words)) {
    throw new Error(
      'docker runs, but its socket refuses you: sudo usermod -aG docker "$USER", then log in again.',
    );
  }
  const host = process.env["DOCKER_HOST"];
  if (host) throw new Error(`Nothing answers at ${host}: start what DOCKER_HOST names, or unset it.`);
}

/** Whether podman runs a container of the image here. It gets the image to try with, and keeps it only if it does. */
async function podmanRuns(image: string): Promise<boolean> {
  const options = { engine: "podman", reference: image } as const;
  if (which("podman") === undefined || (await run(["podman", "info"])).status !== 0) return false;
  const had = await hasImage(options);
  try {
    await importBase(options);
  } catch {
    return false;
  }
  const tried = await run(["podman", "run", "--rm", "--pull", "never", image, "true"]);
  if (tried.status === 0) return true;
  tell(`The podman of this machine runs no container: ${tail(tried, 1)}`);
  if (!had) await run(["podman", "rmi", image]);
  return false;
}

/** Installs and starts the docker of Debian's packages where its own user would: at the default socket. It goes on running. */
async function startSystemDocker(): Promise<void> {
  await installDocker();
  const systemd = existsSync("/run/systemd/system");
  if (systemd) await run(["systemctl", "start", "docker"]);
  // The package starts its daemon by itself where there is an init system.
  for (let tries = systemd ? 30 : 5; tries > 0; tries -= 1) {
    if ((await dockerVersion()) !== undefined) {
      tell("Debian's docker is installed and running. Stop it with: service docker stop");
      return;
    }
    await Bun.sleep(200);
  }
  const pid = await startDockerd({ socket: systemSocket, log: "/var/log/docker.log", words: [] });
  tell(`Started Debian's docker (dockerd). It stays running; stop it with: kill ${pid}`);
}

/**
 * The engine that manyoyo will find on this machine: the docker or podman that is there, else a docker that is installed
 * and started now, which needs root on Debian or Ubuntu. Throws an Error with the user's next step where there is none.
 */
export async function userEngine(image: string): Promise<EngineName> {
  const named = process.env["MANYOYO_ENGINE"];
  if (named !== "podman" && which("docker") !== undefined) {
    if ((await dockerVersion()) !== undefined) return "docker";
    await refuseBrokenDocker();
  }
  if (named !== "docker" && (await podmanRuns(image))) return "podman";
  if (named === "podman")
    throw new Error(`podman is named by MANYOYO_ENGINE, and it runs no container. ${advice()}`);
  const help = advice();
  if (help !== "") throw new Error(`No docker or podman answers here. ${help}`);
  tell("No docker or podman answers here: setting up the docker of Debian's packages ...");
  await startSystemDocker();
  return "docker";
}
