import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { engines, testImage } from "../support/engines.ts";
import { bench, type Outcome, raw, runProgram, until } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

// Believed by nobody else: its text can have come from nowhere but the bundle.
const planted = `-----BEGIN CERTIFICATE-----
MIIBqzCCAVGgAwIBAgIURNljD4lWJY99xk1EvppI4HdOUiUwCgYIKoZIzj0EAwIw
KjEoMCYGA1UEAwwfbWFueW95byB0ZXN0LCB0cnVzdGVkIGJ5IG5vYm9keTAgFw0y
NjExMjMyMzU4MzVaGA8yMTI2MTAzMDIzNTgzNVowKjEoMCYGA1UEAwwfbWFueW95
byB0ZXN0LCB0cnVzdGVkIGJ5IG5vYm9keTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABCBDMG01E2MUcpk+hqOFgPHXYHE2EBlAxUcm7UX0wuZF9/VVdp5MNIxfn2r9
rl5MFHWyYArG2LSLvt+E2E3dXtCjUzBRMB0GA1UdDgQWBBSK6gX7alyvmQtgFycJ
gNUFaJHwhDAfBgNVHSMEGDAWgBSK6gX7alyvmQtgFycJgNUFaJHwhDAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIDjZOyj0rSGmLuc2icq4GaNcdRhP
OZX7ENCO6Vi/cmeuAiEA6i2J0DZstB+0S34PbTKrhpH8TmmMsLuGE0hb80KychE=
-----END CERTIFICATE-----
`;
const upstream = process.env["NPM_CONFIG_REGISTRY"] || "https://registry.npmjs.org/";
const line = "rl5MFHWyYArG2LSLvt";
const password = "planted-proxy-password";

describe.each(engines())("%s: manyoyo image build", (engine) => {
  const { turn, rare } = inTurn(engine);
  const at = bench(engine);
  const id = randomBytes(4).toString("hex");
  const name = `localhost/myt-image-${id}`;
  const image = `${name}:1`;
  const small = `${name}:small`;
  const result: { said?: Outcome } = {};
  // The root of the small Debian is made once for all tests.
  const cache = process.env["XDG_CACHE_HOME"] || `${process.env["HOME"]}/.cache`;
  const env = {
    XDG_CACHE_HOME: cache,
    // Nothing of the build goes that way, but the build is given it.
    ftp_proxy: `http://user:${password}@proxy.invalid:3128`,
  };
  const manyoyo = (...words: readonly string[]) => at.manyoyo(words, { env });
  const inside = (...words: readonly string[]) => raw(engine, "run", "--rm", image, ...words);

  beforeAll(async () => {
    const usual = process.env["SSL_CERT_FILE"] || process.env["NODE_EXTRA_CA_CERTS"] || "";
    const bundle = `${at.home}/bundle.pem`;
    await Bun.write(bundle, `${existsSync(usual) ? readFileSync(usual, "latin1") : ""}\n${planted}`);
    const words = ["--agents", "gemini", "--ca-bundle", bundle, "--in", name, "--iv", "1"];
    result.said = await manyoyo("image", "build", ...words);
  }, 240_000);

  afterAll(async () => {
    for (const each of [small, image, `${name}-tools:1`]) await raw(engine, "rmi", "-f", each);
  });

  test("makes an image with the agent, and says its steps as plain lines on stderr", async () => {
    const { status, stdout, stderr = "" } = result.said ?? {};
    expect(stderr).toContain("Installing @google/gemini-cli@");
    expect(stderr).not.toContain("\x1b");
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${image}\n` });
    const tools = "git rg curl jq less ps tmux bash node npm gemini";
    const found = await inside("sh", "-c", `for name in ${tools}; do command -v "$name" || exit 1; done`);
    expect(found.status, found.stdout).toBe(0);
  });

  turn("tells the exact versions in labels, and in image ls", async () => {
    const { images } = JSON.parse((await manyoyo("image", "ls", "--json")).stdout);
    const found = images.find((each: { image: string }) => each.image === image);
    const version = (await inside("gemini", "--version")).stdout.trim();
    const node = (await inside("node", "--version")).stdout.trim();
    expect(found).toMatchObject({ agents: { gemini: version }, node: node.slice(1), variant: "common" });
    expect((await manyoyo("image", "ls")).stdout).toMatch(new RegExp(`${image} .*gemini ${version}`));
  });

  turn(
    "leaves neither certificates nor the proxy in its layers, its history or its settings",
    async () => {
      const told = [await raw(engine, "history", "--no-trunc", image), await raw(engine, "inspect", image)]
        .map(({ stdout }) => stdout)
        .join("\n");
      expect(told).toContain("manyoyo.image.agents");
      for (const secret of [line, password, "proxy.invalid"]) expect(told).not.toContain(secret);
      const find = 'grep -a -c -e "$2" -e "$3"';
      const text = `"$0" save "$1" | ${find}; echo planted "$2" "$3" | ${find}`;
      const counted = await runProgram(["sh", "-c", text, engine, image, line, password]);
      expect(counted.stdout).toBe("0\n1\n");
    },
    60_000,
  );

  turn("leaves nothing of the build itself behind", async () => {
    const format = '{{index .Config.Labels "manyoyo.image.build"}}';
    const build = (await raw(engine, "image", "inspect", "--format", format, image)).stdout.trim();
    expect(build).toMatch(/^[0-9a-f-]{36}$/);
    const filter = `label=manyoyo.image.stage=${build}`;
    const stages = await raw(engine, "images", "-a", "-q", "--filter", filter);
    expect(stages).toMatchObject({ status: 0, stdout: "" });
    expect((await inside("sh", "-c", "ls -a / /tmp /root | grep -e manyoyo -e npm")).stdout).toBe("");
  });

  turn("renews the agents alone, and only when there are newer ones", async () => {
    const before = await raw(engine, "image", "inspect", "--format", "{{.Id}}", image);
    const said = await manyoyo("image", "build", "--update", "--in", name, "--iv", "1");
    expect(said).toMatchObject({ status: 0, stdout: `${image}\n` });
    expect(said.stderr).toContain("up to date");
    expect((await raw(engine, "image", "inspect", "--format", "{{.Id}}", image)).stdout).toBe(before.stdout);
  });

  turn(
    "makes a small image without agents; prune takes one that it replaces and nothing uses, and not one made from it",
    async () => {
      const id = (said: Outcome): string => said.stdout.trim().replace("sha256:", "");
      const wouldGo = async (): Promise<readonly string[]> => {
        const said = await manyoyo("image", "prune", "--dry-run", "--json");
        expect(said.status, said.stderr).toBe(0);
        const { removed } = JSON.parse(said.stdout);
        return removed.map((each: { id: string }) => each.id);
      };
      const built = await manyoyo("image", "build", "--agents", "none", "--in", name, "--iv", "small");
      expect(built).toMatchObject({ status: 0, stdout: `${small}\n` });
      const first = id(await raw(engine, "image", "inspect", "--format", "{{.Id}}", small));
      const container = at.name();
      await raw(engine, "run", "--name", container, small, "touch", "/mine");
      const made = id(await raw(engine, "commit", "--pause=false", container));
      expect(await wouldGo()).not.toContain(made);
      // While the other one has its name: both engines take what is nameless and left without children along.
      await raw(engine, "rmi", made);
      await raw(engine, "tag", testImage, small);
      expect(await wouldGo()).not.toContain(first);
      await raw(engine, "rm", "-f", container);
      await until("it may go", async () => (await wouldGo()).includes(first));
      expect((await manyoyo("image", "prune", "--all")).status).toBe(2);
      await raw(engine, "rmi", "-f", first);
    },
    60_000,
  );

  rare(
    "gives up a download on which nothing comes any more, and tries again",
    async () => {
      const stalled: string[] = [];
      using server = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        idleTimeout: 0,
        fetch: async ({ url, headers }) => {
          const { pathname } = new URL(url);
          const answer = await fetch(new URL(pathname.slice(1), upstream), {
            headers: { accept: headers.get("accept") ?? "*/*" },
          });
          if (stalled.length > 0 || !/\/npm-[\d.]+\.tgz$/.test(pathname))
            return new Response(answer.body, { status: answer.status });
          stalled.push(pathname);
          const bytes = new Uint8Array(await answer.arrayBuffer());
          const start = (stream: ReadableStreamDefaultController): void =>
            stream.enqueue(bytes.slice(0, 100_000));
          return new Response(new ReadableStream({ start }));
        },
      });
      const settings = { ...env, NPM_CONFIG_REGISTRY: `http://127.0.0.1:${server.port}/` };
      const said = await at.manyoyo(
        ["image", "build", "--agents", "gemini", "--in", name, "--iv", "stalled"],
        {
          env: settings,
        },
      );
      expect(said, said.stderr).toMatchObject({ status: 0, stdout: `${name}:stalled\n` });
      expect(stalled).toHaveLength(1);
      const version = await raw(engine, "run", "--rm", `${name}:stalled`, "npm", "--version");
      expect(stalled[0]).toEndWith(`npm-${version.stdout.trim()}.tgz`);
      await raw(engine, "rmi", "-f", `${name}:stalled`, `${name}-tools:stalled`);
    },
    400_000,
  );
});
