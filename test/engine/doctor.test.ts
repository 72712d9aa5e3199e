import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { start } from "../support/live.ts";
import { type RunHow, raw, runProgram, until } from "../support/manyoyo.ts";
import { ordinaryUser } from "../support/ordinary.ts";
import { scene } from "../support/scene.ts";
import { shellImages } from "../support/shell-image.ts";
import { inTurn } from "../support/turns.ts";

interface Finding {
  readonly about: string;
  readonly level: string;
  readonly message: string;
}

describe.each(engines())("%s: doctor", (engine) => {
  const { turn, rare, share } = inTurn(engine);
  const on = scene(engine);

  async function findings(how: RunHow = {}) {
    const said = await on.manyoyo(["doctor", "--json"], how);
    expect(said.stderr).toBe("");
    const found: readonly Finding[] = JSON.parse(said.stdout).findings;
    return { status: said.status, of: (about: string) => found.filter((each) => each.about === about) };
  }

  /** Whether a container of ours is there: its labels name our home. */
  async function isThere(): Promise<boolean> {
    const said = await raw(engine, "ps", "--all", "--no-trunc", "--format", "{{.Labels}}");
    return said.stdout.includes(`${on.home}/.manyoyo/doctor-`);
  }

  const leftovers = () => readdirSync(`${on.home}/.manyoyo`).filter((name) => name.startsWith("doctor-"));

  turn("makes a container that really runs, and leaves nothing behind", async () => {
    const { status, of } = await findings();
    expect(of("container").filter(({ level }) => level === "problem")).toEqual([]);
    expect(status).toBe(0);
    expect(of("engine").map(({ message }) => message)).toContain(
      `${engine} is used, as said by MANYOYO_ENGINE.`,
    );
    const messages = of("container").map(({ message }) => message);
    expect(messages).toContain("A session reads and writes its workspace, and its files belong to you.");
    expect(messages).toContain("A terminal inside has the size of the one outside: 100 by 30.");
    expect(messages).toContain("Every key reaches a session, Ctrl-P and Ctrl-Q as well.");
    expect(messages.some((message) => /network/.test(message))).toBe(true);
    expect(messages.some((message) => /^It was stopped in|^Stopping it took/.test(message))).toBe(true);
    expect([await isThere(), leftovers()]).toEqual([false, []]);
  });

  rare("twice at once does no harm", async () => {
    const both = await Promise.all([findings(), findings()]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect([await isThere(), leftovers()]).toEqual([false, []]);
  });

  test.each(share(["SIGINT", "SIGTERM"] as const))("ended by %s leaves nothing behind", async (signal) => {
    const call = start(on, ["doctor"]);
    await until("the container is there", isThere);
    call.kill(signal);
    const { status } = await call.ended;
    expect(status).toBe(signal === "SIGINT" ? 130 : 143);
    await until("the container is gone", async () => !(await isThere()));
    expect(leftovers()).toEqual([]);
  });

  turn("killed leaves no container behind", async () => {
    const call = start(on, ["doctor"]);
    await until("the container is there", isThere);
    call.kill("SIGKILL");
    await until("the container is gone", async () => !(await isThere()));
  });

  turn("sees that an engine keeps keys for itself", async () => {
    const env = await on.instead(
      'for word; do shift; case $word in --detach-keys) skip=1; continue ;; esac; [ "$skip" = 1 ] && skip= && continue; set -- "$@" "$word"; done; exec "$real" "$@"',
    );
    const { status, of } = await findings({ env });
    expect(status).toBe(125);
    expect(of("container").filter(({ level }) => level === "problem")).toMatchObject([
      { message: "Ctrl-P and Ctrl-Q do not reach a session: the engine keeps them for itself." },
    ]);
    expect(await isThere()).toBe(false);
  });

  turn("sees that a container cannot be made", async () => {
    const env = await on.instead(
      '[ "$1" = run ] && echo "Error: no space left on device" >&2 && exit 125; exec "$real" "$@"',
    );
    const { status, of } = await findings({ env });
    expect(status).toBe(125);
    expect(of("container")).toMatchObject([
      { level: "problem", message: expect.stringContaining("no space left") },
    ]);
  });

  rare(
    "says that the engine hangs while it makes a container, which is gone once it goes on",
    async () => {
      const mark = `${on.home}/goes-on`;
      const wait = `while ! [ -e '${mark}' ]; do sleep 0.1; done`;
      const env = await on.instead(`[ "$1" = run ] && { ${wait}; }; exec "$real" "$@"`);
      const { status, of } = await findings({ env });
      expect(status).toBe(125);
      expect(of("container")).toMatchObject([
        { level: "problem", message: `${engine} does not answer within 60 seconds.` },
      ]);
      await Bun.write(mark, "");
      // The engine's program goes on by itself; what it makes by then is taken away.
      const filter = ["--filter", "name=manyoyo-doctor-"];
      await until("nothing is left", async () => {
        const said = await raw(engine, "ps", "--all", "--no-trunc", "--format", "{{.Labels}}", ...filter);
        return !said.stdout.includes(on.home) && !(await isThere());
      });
    },
    120_000,
  );

  turn("sees that the workspace is another one", async () => {
    const elsewhere = `${on.home}/elsewhere`;
    mkdirSync(elsewhere);
    const env = await on.instead(
      `for word; do shift; case $word in type=bind,*/doctor-*) word=\${word%%,*},\\"source=${elsewhere}\\",\${word##*,} ;; esac; set -- "$@" "$word"; done; exec "$real" "$@"`,
    );
    const { of } = await findings({ env });
    expect(of("container")).toContainEqual(
      expect.objectContaining({
        level: "problem",
        message: expect.stringContaining("cannot read and write"),
      }),
    );
  });

  turn("without the image says so", async () => {
    const { status, of } = await findings({ env: { MANYOYO_HOME: `${on.home}/without-settings` } });
    if (of("image")[0]?.level === "problem") expect(status).toBe(125);
    expect(of("image")).toHaveLength(1);
    expect(of("container").length).toBeGreaterThan(0);
  });

  turn("at a terminal looks at a terminal of that size", async () => {
    await using terminal = on.at(["doctor"], { cols: 91, rows: 33 });
    await terminal.waitFor("has the size of the one outside: 91 by 33.");
    expect(await terminal.status()).toBe(0);
  });
});

describe.each(engines())("%s: doctor with an image that means harm", (engine) => {
  const { share } = inTurn(engine);
  const on = scene(engine);
  const imageOf = shellImages(engine);
  const victim = `${on.home}/victim`;

  /** A home of manyoyo's whose image does this in the workspace before it is ready. */
  async function homeOf(text: string): Promise<string> {
    const home = mkdtempSync(`${on.home}/harm-`);
    const [imageName = "", imageVersion = ""] = (await imageOf(`[ $$ = 1 ] && { ${text}; }`)).split(
      /:(?=1$)/,
    );
    await Bun.write(`${home}/manyoyo.json`, JSON.stringify({ imageName, imageVersion }));
    return home;
  }

  test.each(
    share([
      ["a link", `ln -sfn '${victim}' outside; ln -s '${victim}' inside`],
      ["pipes", "rm -f outside; mkfifo outside inside"],
      ["a pipe to read", "mkfifo inside"],
    ]),
  )("%s in its workspace leads nowhere and holds nobody up", async (_, text) => {
    const home = await homeOf(text);
    const call = start(on, ["doctor", "--json"], { env: { MANYOYO_HOME: home } });
    try {
      await Promise.race([call.exited, Bun.sleep(50_000)]);
    } finally {
      call.kill("SIGKILL");
    }
    const { status, stdout } = await call.ended;
    expect(existsSync(victim)).toBe(false);
    expect(status).toBe(125);
    const message = expect.stringContaining("cannot read and write its workspace");
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({ level: "problem", message }),
    );
    expect(readdirSync(home)).toEqual(["manyoyo.json"]);
  });

  // podman's tests are root's own.
  test.each(engine === "docker" ? [12347] : [])("what user %d cannot remove is a finding", async (uid) => {
    const home = await homeOf("mkdir -p d/e; : >d/e/f; chmod 700 d");
    await runProgram(["chown", `${uid}`, home]);
    const how = { cwd: on.folder, env: { ...on.env, MANYOYO_HOME: home } };
    const said = await runProgram(ordinaryUser(on, uid).words("doctor", "--json"), how);
    expect(said).toMatchObject({ status: 125, stderr: "" });
    const [left = ""] = readdirSync(home).filter((name) => name.startsWith("doctor-"));
    expect(JSON.parse(said.stdout).findings).toContainEqual(
      expect.objectContaining({
        level: "problem",
        message: `The folder ${home}/${left} could not be removed: permission denied.`,
        remedy: `sudo rm -rf ${home}/${left}`,
      }),
    );
  });
});
