import { beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { baseTar } from "../../lib/image/base.ts";
import { provideBase } from "../../lib/image/root.ts";
import { fake, prints } from "../support/fake.ts";

const place = fake();
const bin = join(dirname(place.home), "bin");
const tools = join(place.home, "tools");
const tar = baseTar({ HOME: place.home });
const day = 86_400_000;

beforeEach(() => {
  place.clear();
  rmSync(dirname(tar), { recursive: true, force: true });
});

/** A base of so many days ago. */
function base(days: number): void {
  mkdirSync(dirname(tar), { recursive: true });
  writeFileSync(tar, "old");
  const time = new Date(Date.now() - days * day);
  utimesSync(tar, time, time);
}

/** A machine of Debian's, on which mmdebstrap does that, and apt-config this. */
function machine(mmdebstrap: string, aptConfig = ":"): void {
  const programs = {
    "apt-get": '. /etc/os-release; echo "Debian http://mirror.invalid $VERSION_CODENAME main"',
    "apt-config": aptConfig,
    id: "echo 0",
    mmdebstrap,
  };
  mkdirSync(tools, { recursive: true });
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** What it writes is its last word but one. */
const makesOne = 'while [ $# -gt 2 ]; do shift; done; printf new >"$1"';

describe("the base that is made on this machine", () => {
  const build = () => {
    const labels = { "manyoyo.image.part": "agents" };
    const built = [{ Id: "sha256:aa", RepoTags: ["localhost/box:1"], Config: { Labels: labels } }];
    place.engine("docker", { import: ":", "image inspect": prints(JSON.stringify(built)) });
    const env = { PATH: `${tools}:${bin}:/usr/bin:/bin`, MANYOYO_ENGINE: "docker" };
    const words = ["image", "build", "--agents", "none", "--in", "localhost/box", "--iv", "1"];
    return place.manyoyo(words, { env });
  };

  test("is made by way of apt's own proxy, whose password is on no command line", async () => {
    const line = 'Acquire::http::Proxy "http://user:secret@proxy.invalid:3128";';
    const root = join(place.home, "root");
    const config = join(root, "etc/apt/apt.conf.d");
    mkdirSync(config, { recursive: true });
    const hook = (name: string): string =>
      `for word; do case $word in --${name}-hook=*) sh -c "\${word#*=}" exec '${root}' ;; esac; done`;
    const looks = `printf '%s\\n' "$@" >'${root}/words'; cat '${config}'/* >'${root}/config'; ls -l '${config}' >'${root}/modes'`;
    machine(`${hook("setup")}; ${looks}; ${hook("customize")} 2>/dev/null; ${makesOne}`, `echo '${line}'`);
    const said = await build();
    expect(said.status, said.stderr).toBe(0);
    expect(readFileSync(join(root, "words"), "utf8")).not.toContain("secret");
    expect(readFileSync(join(root, "config"), "utf8")).toBe(`${line}\n`);
    expect(readFileSync(join(root, "modes"), "utf8")).toContain("-rw------- ");
    expect(readdirSync(config)).toEqual([]);
  });

  test("is kept as long as it is not old", async () => {
    machine(makesOne);
    base(29);
    const said = await build();
    expect(said.status, said.stderr).toBe(0);
    expect(said.stderr).not.toContain("days");
    expect(readFileSync(tar, "utf8")).toBe("old");
  });

  test("is made anew after thirty days", async () => {
    machine(makesOne);
    base(40);
    const said = await build();
    expect(said.status, said.stderr).toBe(0);
    expect(said.stderr).toContain("Making anew the small Debian of 40 days ago");
    expect(said.stderr).not.toContain("Taking");
    expect(readFileSync(tar, "utf8")).toBe("new");
  });

  test("serves where no newer one can be made, and its age is said", async () => {
    machine("echo 'E: no network'; exit 1");
    base(400);
    const said = await build();
    expect(said.status, said.stderr).toBe(0);
    expect(said.stderr).toContain(
      "Taking the small Debian of 400 days ago, as no newer one can be made here: mmdebstrap cannot make the base image: E: no network",
    );
    expect(readFileSync(tar, "utf8")).toBe("old");
  });

  test("cannot be done without where there is none", async () => {
    machine("echo 'E: no network'; exit 1");
    const said = await build();
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(said.stderr).toContain("The image cannot be made here: mmdebstrap cannot make the base image");
  });
});

// No registry of the world is asked in tests.
describe("the base from Debian's registry", () => {
  const usual = "docker.io/library/debian:stable-slim";
  const provide = async (created: string, pull: string) => {
    place.engine("docker", { "image inspect": `echo '${JSON.stringify(created)}'`, pull });
    const name = await provideBase(
      { name: "docker", program: join(bin, "docker") },
      { kind: "usual" },
      { env: { HOME: place.home, PATH: bin }, tell: () => undefined },
    );
    expect(name).toBe(usual);
    return place.calls().filter(([, verb]) => verb === "pull");
  };
  const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();

  test.each([
    ["is pulled again when it is old", 31, ":", 1],
    ["is used as it is where it cannot be pulled", 31, "echo 'Error: no network' >&2; exit 1", 1],
    ["is not pulled again before", 29, ":", 0],
  ])("%s", async (_what, days, pull, count) => {
    expect(await provide(ago(days), pull)).toEqual(Array(count).fill(["docker", "pull", usual]));
  });
});
