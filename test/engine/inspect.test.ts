import { describe, expect } from "bun:test";
import { dirname } from "node:path";
import { engines, testImage } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { raw } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: inspect", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);
  const json = async (name: string) => JSON.parse((await at.manyoyo(["inspect", name, "--json"])).stdout);

  turn("begins with what the session can reach, and says no value of a variable", async () => {
    const name = at.name();
    const secret = `secret-${name}`;
    await at.manyoyo(
      [
        "-d",
        "-n",
        name,
        "-e",
        "TOKEN",
        "-e",
        "LINES_TOO=a\nb",
        "-v",
        "/usr/share:/share:ro",
        "-s",
        "echo hi",
      ],
      { env: { TOKEN: secret } },
    );
    const said = await at.manyoyo(["inspect", name]);
    expect(said).toMatchObject({ status: 0, stderr: "" });
    const [head, ...lines] = said.stdout.split("\n");
    expect(head).toBe("What it can reach");
    expect(said.stdout).toContain("  ro  /share  from /usr/share\n");
    expect(said.stdout).toContain(`rw  ${at.folder}\n`);
    expect(lines.find((line) => line.startsWith("  Variables "))).toMatch(/ LINES_TOO .*TOKEN/);
    expect(said.stdout).toMatch(/ {2}Network {3,}\S/);
    expect(said.stdout).not.toContain(" ! ");
    expect(said.stdout).toMatch(
      new RegExp(`\n\nWhat it is\n {2}Name +${name}\n {2}State +running\n[^]*First command +echo hi\n`),
    );
    expect(said.stdout).not.toContain(secret);
    expect((await at.manyoyo(["inspect", name, "--json"])).stdout).not.toContain(secret);
  });

  turn("--json is one document", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-p", "0:80", "-y", "c", "--", "-p", "a b"]);
    const said = await json(name);
    expect(Object.keys(said).join(" ")).toBe(
      "schema engine name id state reach image imageId agent firstCommand args folder workdir user created started finished exitStatus legacy",
    );
    expect(said).toMatchObject({
      schema: 1,
      engine,
      name,
      id: await field(engine, name, ".Id"),
      state: "running",
      image: testImage,
      agent: "claude",
      args: ["-p", "a b"],
      folder: at.folder,
      workdir: at.folder,
      finished: null,
      exitStatus: null,
      legacy: false,
    });
    expect(said.reach).toMatchObject({
      mounts: [{ kind: "bind", source: at.folder, target: at.folder, readonly: false }],
      sockets: [],
      ports: [{ host: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d+$/), inside: "80/tcp" }],
      network: "bridge",
      privileged: false,
      capabilities: { added: [], dropped: [] },
      shared: [],
      warnings: [],
    });
    expect(Math.abs(Date.parse(said.started) - Date.now())).toBeLessThan(120_000);
    await at.manyoyo(["stop", name]);
    const stopped = await json(name);
    expect(stopped).toMatchObject({ state: "stopped", exitStatus: expect.any(Number) });
    expect(Date.parse(stopped.finished)).toBeGreaterThanOrEqual(Date.parse(said.started));
  });

  turn("warns of a socket of an engine and of more rights than usual", async () => {
    const name = at.name();
    const words = ["--label", "manyoyo.default_cmd=x", "--cap-add", "SYS_PTRACE", "--network", "none"];
    const socket = `${dirname(at.folder)}/docker.sock`;
    await Bun.write(socket, "");
    const mount = ["--mount", `type=bind,source=${socket},target=/var/run/docker.sock`];
    await raw(engine, "run", "-d", "--name", name, ...words, ...mount, testImage, "sleep", "1000");
    const said = (await at.manyoyo(["inspect", name])).stdout;
    expect(said).toContain(`  Sockets    /var/run/docker.sock  from ${socket}\n`);
    expect(said).toContain(`  ! It has the engine's socket ${socket}: `);
    expect(said).toMatch(/ {2}! It has more rights than usual: \S*SYS_PTRACE\.\n/);
    expect(said).toMatch(/ {2}Network +none\n/);
    expect((await json(name)).reach.warnings).toHaveLength(2);
  });

  turn("--raw is what the engine says, in the one call that there is", async () => {
    // Only an image under manyoyo's own name is not asked for its labels.
    const image = `localhost/manyoyo:${crypto.randomUUID()}`;
    expect((await raw(engine, "tag", testImage, image)).status).toBe(0);
    const name = await at.session("true", "--image", image);
    const spy = spyOn(engine, dirname(at.folder));
    const said = await at.manyoyo(["inspect", name, "--raw"], { env: spy.env });
    expect((await raw(engine, "rmi", image)).status).toBe(0);
    expect(said.status).toBe(0);
    expect(spy.calls().map(({ words }) => words)).toEqual([["container", "inspect", name]]);
    expect(JSON.parse(said.stdout)[0].Id).toBe(await field(engine, name, ".Id"));
    expect((await at.manyoyo(["inspect", name, "--raw", "--json"])).status).toBe(2);
  });

  turn("tells of nothing but sessions", async () => {
    const name = at.name();
    await raw(engine, "run", "-d", "--name", name, testImage, "sleep", "1000");
    const said = await at.manyoyo(["inspect", name, "--json"]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(JSON.parse(said.stderr)).toMatchObject({ error: { code: "not-ours" } });
    const absent = await at.manyoyo(["inspect", `${name}x`, "--json"]);
    expect(JSON.parse(absent.stderr)).toMatchObject({ error: { code: "no-session" } });
  });
});
