import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { engines } from "../support/engines.ts";
import { exists, field } from "../support/inside.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

/** A port of this machine that is taken until `free` is called. */
async function takenPort(): Promise<{ readonly port: number; readonly free: () => void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, free: () => server.close() };
}

describe.concurrent.each(engines())("%s: a volume", (engine) => {
  const at = bench(engine);

  test("whose folder is not there is an error that says what to make, and nothing half-made stays", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "-v", `${at.folder}/no such:/x`, "-x", "true"]);
    expect(said).toMatchObject({ status: 2, stdout: "" });
    expect(said.stderr).toContain(`There is no ${at.folder}/no such to mount.`);
    expect(said.stderr).toContain("mkdir -p '");
    expect(await exists(engine, name)).toBe(false);
  });
});

describe.concurrent.each(engines())("%s: ports", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  test("that are taken are an error, and nothing half-made stays", async () => {
    const { port, free } = await takenPort();
    try {
      const name = at.name();
      const said = await at.manyoyo(["-n", name, "-p", `${port}:80`, "-x", "true"]);
      expect(said).toMatchObject({ status: 125, stdout: "" });
      expect(said.stderr).toMatch(/already (allocated|in use)/);
      expect(await exists(engine, name)).toBe(false);
    } finally {
      free();
    }
  });

  turn("are bound to this machine alone unless an address is given", async () => {
    const { port, free } = await takenPort();
    free();
    const name = at.name();
    const words = ["-p", `${port}:80`, "-p", `0.0.0.0:${port}:81/udp`];
    expect((await at.manyoyo(["-n", name, ...words, "-x", "true"])).status).toBe(0);
    const bindings = JSON.parse(await field(engine, name, "json .HostConfig.PortBindings"));
    expect(bindings["80/tcp"]).toMatchObject([{ HostIp: "127.0.0.1", HostPort: String(port) }]);
    expect(["0.0.0.0", ""]).toContain(bindings["81/udp"][0].HostIp);
  });
});

describe.concurrent.each(engines())("%s: volumes", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  test("bind folders and files, read-only where said, with ~ and relative paths", async () => {
    mkdirSync(`${at.folder}/rel:a,tive`);
    writeFileSync(`${at.folder}/rel:a,tive/f`, "relative\n");
    mkdirSync(`${at.home}/inhome`);
    writeFileSync(`${at.home}/inhome/f`, "home\n");
    const volumes = ["-v", "./rel:a,tive:/mnt/a", "-v", "~/inhome:/mnt/b:ro"];
    const said = await at.manyoyo([
      "-n",
      at.name(),
      ...volumes,
      "-x",
      "cat /mnt/a/f /mnt/b/f; echo x >/mnt/a/g; echo x >/mnt/b/g",
    ]);
    expect(said).toMatchObject({ status: 1, stdout: "relative\nhome\n" });
    expect(said.stderr).toContain("Read-only");
    expect(await Bun.file(`${at.folder}/rel:a,tive/g`).text()).toBe("x\n");
  });

  turn("of a name are shared, and stay when the session goes", async () => {
    const volume = `myt-volume-${crypto.randomUUID()}`;
    const [a, b] = [at.name(), at.name()];
    try {
      await at.manyoyo(["-n", a, "-v", `${volume}:/vol`, "-x", "echo kept >/vol/f"]);
      expect((await at.manyoyo(["rm", a])).status).toBe(0);
      const said = await at.manyoyo(["-n", b, "-v", `${volume}:/vol:ro`, "-x", "cat /vol/f; touch /vol/g"]);
      expect(said).toMatchObject({ status: 1, stdout: "kept\n" });
    } finally {
      await at.manyoyo(["rm", "-f", b]);
      await raw(engine, "volume", "rm", volume);
    }
  });

  turn("that are not there are an error, and nothing half-made stays", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "-v", "./missing:/x", "-x", "true"]);
    expect(said.status).toBeGreaterThan(0);
    expect(said.stderr).toContain("missing");
    expect(await exists(engine, name)).toBe(false);
  });
});

describe.concurrent.each(engines())("%s: the container's mode and further arguments", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const lines = async (...words: string[]): Promise<string> => {
    const said = await at.manyoyo(["config", "command", "--json", "-n", at.name(), ...words, "-x", "true"]);
    return JSON.parse(said.stdout).lines.join("\n");
  };

  test("dind asks for a privileged container, common does not", async () => {
    expect(await lines("-m", "dind")).toContain(" --privileged ");
    expect(await lines("-m", "common")).not.toContain("--privileged");
    expect(await lines()).not.toContain("--privileged");
  });

  turn("sock mounts the engine's socket, and says what that gives away", async () => {
    const ours = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
    const wanted = engine === "docker" ? `source=${ours.replace("unix://", "")}"` : '/podman/podman.sock"';
    expect(await lines("-m", "sock")).toContain(wanted);
    // podman needs no service, so that its socket may not be there.
    if (engine === "podman") return;
    const line = "test -S /var/run/docker.sock && echo $DOCKER_HOST";
    const said = await at.manyoyo(["-n", at.name(), "-m", "sock", "-x", line]);
    expect(said).toMatchObject({ status: 0, stdout: "unix:///var/run/docker.sock\n" });
    expect(said.stderr).toContain("Mode sock");
  });

  turn("--engine-arg is handed to run as it is", async () => {
    const name = at.name();
    const words = ["--engine-arg=--hostname=a-host", "--engine-arg=--label=note=a b,c"];
    expect((await at.manyoyo(["-n", name, ...words, "-x", "hostname"])).stdout).toBe("a-host\n");
    expect(JSON.parse(await field(engine, name, "json .Config.Labels")).note).toBe("a b,c");
  });

  turn("a session stops by TERM, whatever its image says", async () => {
    const name = at.name();
    await at.manyoyo(["-n", name, "-x", "true"]);
    expect(["SIGTERM", "TERM", "15"]).toContain(await field(engine, name, ".Config.StopSignal"));
  });
});
