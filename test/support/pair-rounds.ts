import { afterAll } from "bun:test";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { agentImage, claudeText } from "./agent-image.ts";
import { type EngineName, executable } from "./engines.ts";
import { randomFrom } from "./hostile.ts";
import { ownVolumes } from "./inside.ts";
import { bench, type Outcome, raw } from "./manyoyo.ts";
import {
  type About,
  endsRuns,
  isDone,
  outcomes,
  type Pair,
  type Seen,
  textOf,
  titleOf,
  type Verb,
} from "./pair-table.ts";
import { clear, done, type Holdings, holdings, lines } from "./saved.ts";
import { openTerminal } from "./terminal.ts";

const conversation = "11111111-1111-4111-8111-111111111111";
const file = `.claude/projects/-w/${conversation}.jsonl`;
const records = [
  `{"type":"user","cwd":"/w","timestamp":"2026-01-02T03:04:05Z","message":{"role":"user","content":"needle"}}`,
  `{"type":"assistant","timestamp":"2026-01-02T03:04:06Z","message":{"role":"assistant","content":[{"type":"text","text":"found"}]}}`,
].join("\n");
const whole: Seen = { is: "runs", holds: "now", kept: true };

/** A session of its own on which two verbs are used at once, again and again. */
export interface Lane {
  /** Uses both at once. @returns what of it broke a promise; empty where nothing did */
  round(pair: Pair): Promise<readonly string[]>;
}

/** Must be called while tests are being defined; `lane` makes any number of sessions, all of which go afterwards. */
export function pairLanes(engine: EngineName): { readonly lane: (seed: number) => Promise<Lane> } {
  const at = bench(engine);
  const agent = agentImage(engine, { claude: `${claudeText}[ "$1" = auth ] || echo ran\n` });
  const names: string[] = [];
  const users: string[] = [];
  afterAll(async () => {
    await clear(at, names);
    for (const user of users) await raw(engine, "volume", "rm", "-f", `manyoyo-login-claude-${user}`);
  });

  const lane = async (seed: number): Promise<Lane> => {
    const random = randomFrom(seed);
    const name = at.name("pair");
    const fork = at.name("fork");
    names.push(name, fork);
    // prune, ls and logout look at one user's sessions only, so no other session is in danger.
    const user = `myt-${randomBytes(4).toString("hex")}`;
    users.push(user);
    const env = { ...at.env, USER: user };
    const mine = {
      ...at,
      manyoyo: (words: readonly string[], how = {}) => at.manyoyo(words, { ...how, env }),
    };
    const login = `manyoyo-login-claude-${user}`;
    const like = [
      "--image",
      agent.image,
      "-s",
      "claude",
      "--keep-history",
      "-v",
      "/own",
      "--login",
      "shared",
    ];
    const folder = `${at.home}/${name}`;
    mkdirSync(folder);
    const [backup, exported] = [`${folder}/backup`, `${folder}/exported`];
    let volumes: readonly string[] = [];
    let now: Seen = { is: "gone", holds: "-", kept: false };
    // Engines end at 127 layers, and a session that is made anew has one more each time.
    let age = 0;

    const inside = (text: string): Promise<Outcome> => mine.manyoyo(["exec", name, "--", "sh", "-c", text]);
    const fill = async (what: "now" | "then"): Promise<void> => {
      const conv = records.replaceAll("'", "'\\''");
      const said = await inside(
        `mkdir -p ~/.claude/projects/-w && printf '%s\\n' '${conv}' >~/${file} && echo ${what} | tee ~/f >/own/f`,
      );
      if (said.status !== 0) throw new Error(`${name} could not be filled: ${said.stderr}`);
    };

    /** Makes the session what it is to be at the beginning of a round. */
    const ready = async (needs: Verb["needs"]): Promise<Seen> => {
      // A new one may be of another image, and without a volume of its own.
      if ((age > 25 || now.holds === "new") && now.is !== "gone") {
        await done(mine, "rm", "-f", name);
        now = { ...now, is: "gone" };
      }
      if (now.is === "gone") {
        age = 0;
        const labels = { "manyoyo.login": "claude", "manyoyo.user": user };
        await agent.put(login, labels, ".credentials.json", "{}");
        await done(mine, "-n", name, ...like, "-d");
      }
      if (now.is === "gone" || now.holds !== "now" || !now.kept) await fill("now");
      if (needs === "busy") await done(mine, "-n", name, "-d", "-x", "sleep 2");
      if (needs === "stopped") await raw(engine, "stop", "--time", "0", name);
      else if (now.is === "stopped") await raw(engine, "start", name);
      volumes = await ownVolumes(engine, name);
      return { ...whole, is: needs === "stopped" ? "stopped" : "runs" };
    };

    const use = async (verb: Verb, about: About): Promise<Outcome> => {
      const words = verb.words(about);
      if (verb.terminal === undefined)
        return mine.manyoyo(words, { input: verb.verb === "shell" ? "echo ran\n" : "" });
      await using terminal = openTerminal([executable(), ...words], { cwd: at.folder, env });
      const status = await terminal.converse(verb.terminal(about));
      return { status, signal: undefined, stdout: terminal.text(), stderr: terminal.text() };
    };

    const loggingIn = async (): Promise<readonly string[]> => {
      const filter = `label=manyoyo.user=${user}`;
      const all = await lines(engine, "ps", "--all", "--filter", filter, "--format", "{{.Names}}");
      return all.filter((each) => each.startsWith("manyoyo-login-"));
    };

    /** What is there once all that was only in passing is gone. */
    const settled = async (
      pair: Pair,
    ): Promise<{ readonly held: Holdings; readonly left: readonly string[] }> => {
      for (const end = Date.now() + 20_000; ; await Bun.sleep(200)) {
        const held = await holdings(engine, [name, fork, login]);
        const all = [...Object.entries(held.containers).flat(), ...held.images, ...held.volumes];
        const passing = all.filter((each) =>
          /manyoyo-(work|copy|part|history-reader)|\.(new|old)-|in passing| (removing|dead)$/.test(each),
        );
        const count = (place: string): number =>
          held.images.filter((image) => image.includes(`-session:${place}--`)).length;
        const isThere = (place: string): boolean => held.containers[place] !== undefined;
        const extra = [name, fork]
          .filter((place) => count(place) > (isThere(place) ? 1 : 0))
          .map((place) => `images of ${place}`);
        const helpers = pair.some(({ verb }) => verb === "login") ? await loggingIn() : [];
        const left = [...passing, ...extra, ...helpers];
        if (left.length === 0 || Date.now() > end) return { held, left };
      }
    };

    /** What the session is now; wakes it. */
    const look = async (held: Holdings): Promise<Seen> => {
      const state = held.containers[name];
      const isKept = held.volumes.includes(`manyoyo-history-${name}`);
      if (state === undefined) {
        // What is kept can only be seen by way of a session; the next one sees it.
        const shown = isKept ? await mine.manyoyo(["history", "show", name]) : undefined;
        const kept = shown?.status === 0 && shown.stdout.includes("needle");
        // A session that was made and removed since leaves a volume with nothing in it.
        const isEmpty = shown?.status === 2 && shown.stderr.includes("has no conversation");
        if (shown !== undefined && !kept && !isEmpty)
          throw new Error(`history show -> ${shown.status} ${shown.stdout} ${shown.stderr}`);
        return { is: "gone", holds: "-", kept };
      }
      const is = /running|up/.test(state) ? "runs" : "stopped";
      const said = await inside(
        `cat ~/f 2>/dev/null || echo new; cat /own/f 2>/dev/null || echo new; grep -c needle ~/${file} 2>/dev/null || echo 0`,
      );
      if (said.status !== 0) throw new Error(`what is left cannot be used: ${said.stderr}`);
      const [one = "", own = "", kept = ""] = said.stdout.split("\n");
      if (one !== own || !/^(now|then|new)$/.test(one))
        throw new Error(`files are of two sessions: ${said.stdout}`);
      return { is, holds: one as Seen["holds"], kept: kept === "1" };
    };

    await ready("runs");
    await fill("then");
    await done(mine, "snapshot", name, "old");
    await done(mine, "history", "backup", name, "-o", backup);
    await done(mine, "export", name, "-o", exported, "--without-image");
    await fill("now");
    now = whole;

    const startOver = async (): Promise<void> => {
      await mine.manyoyo(["rm", "-f", name]);
      await raw(engine, "volume", "rm", `manyoyo-history-${name}`);
      now = { is: "gone", holds: "-", kept: false };
    };

    const round = async (pair: Pair): Promise<readonly string[]> => {
      try {
        return await used(pair);
      } catch (thrown) {
        await startOver();
        return [titleOf(pair), String(thrown)];
      }
    };

    const used = async (pair: Pair): Promise<readonly string[]> => {
      const rounds = `${folder}/round`;
      rmSync(rounds, { recursive: true, force: true });
      mkdirSync(rounds);
      const abouts = ([0, 1] as const).map(
        (which): About => ({ name, fork, like, folder: rounds, backup, exported, at: which }),
      );
      const [one, other] = pair;
      const needs = [one, other].some((verb) => verb.needs === "busy")
        ? "busy"
        : (random() < 0.5 ? one : other).needs;
      const before = await ready(needs);
      const first = random() < 0.5 ? 0 : 1;
      const wait = random() < 0.25 ? 0 : Math.round(random() ** 2 * 2500);
      const said = await Promise.all(
        pair.map(async (verb, which) => {
          if (which !== first) await Bun.sleep(wait);
          return use(verb, abouts[which] as About);
        }),
      );
      const { held, left } = await settled(pair);
      const broken = left.map((each) => `left over: ${each}`);
      for (const [which, verb] of pair.entries()) {
        broken.push(
          ...unkept(verb, said[which] as Outcome, {
            about: abouts[which] as About,
            held,
            other: pair[1 - which] as Verb,
          }),
        );
      }
      try {
        now = await look(held);
        const may = outcomes(
          before,
          pair.map((verb, which) => [verb, isDone(verb, said[which] as Outcome, abouts[which] as About)]),
        );
        if (!may.includes(textOf(now)))
          broken.push(`the session ${textOf(now)}; it may be: ${may.join(" | ")}`);
        const mounted = await ownVolumes(engine, name);
        for (const volume of volumes.filter((each) => !mounted.includes(each))) {
          if ((await raw(engine, "volume", "inspect", volume)).status === 0)
            broken.push(`the volume ${volume} is left over`);
        }
        if (held.containers[fork] !== undefined) {
          const twin = await raw(engine, "exec", fork, "sh", "-c", "cat ~/f /own/f");
          if (!/^(now\nnow|then\nthen|)\n?$/.test(twin.stdout))
            broken.push(`the fork holds ${twin.stdout}${twin.stderr}`);
        }
      } catch (thrown) {
        broken.push(String(thrown));
        await startOver();
      }
      if (now.is !== "gone") now = { ...now, is: "runs" };
      age += 1;
      if (held.containers[fork] !== undefined) await done(mine, "rm", "--history", "-f", fork);
      for (const image of held.images.filter((each) => /snapshot:.*--tag-/.test(each)))
        await raw(engine, "rmi", image);
      if (broken.length === 0) return [];
      const story = said.map(
        ({ status, stdout, stderr }, which) =>
          `${(pair[which] as Verb).verb} -> ${status} ${JSON.stringify(stdout.slice(-600))} ${stderr === stdout ? "" : JSON.stringify(stderr.slice(-600))}`,
      );
      return [
        `${titleOf(pair)} (${needs}, ${(pair[first] as Verb).verb} first, ${wait} ms)`,
        ...broken,
        ...story,
      ];
    };
    return { round };
  };
  return { lane };
}

/** What a verb promised by its words, and did not keep. */
function unkept(
  verb: Verb,
  { status, stdout, stderr }: Outcome,
  { about, held, other }: { readonly about: About; readonly held: Holdings; readonly other: Verb },
): readonly string[] {
  const broken: string[] = [];
  const { name, fork, folder, at } = about;
  if (/itself failed|TypeError|\n +at /.test(stderr)) broken.push(`${verb.verb} failed itself`);
  const may = [0, 125, ...(verb.may ?? []), ...(verb.kind === "run" && endsRuns(other) ? [137, 143] : [])];
  // Of all sessions, it may tell of those of others.
  const isOthers = /^(history search|ls)/.test(verb.verb) && !stderr.includes(name);
  if (!may.includes(status) && !isOthers) broken.push(`${verb.verb} ended with ${status}`);
  if (status === 125 && !isOthers) {
    // At a terminal a list was there before it, which has been wiped away.
    const sentence = verb.terminal === undefined ? /^manyoyo: \S.*[.?]$/m : /manyoyo: \S.*[.?]$/m;
    if (!sentence.test(stderr)) broken.push(`${verb.verb} says nothing that a person can act on`);
    if (/^manyoyo: (docker|podman) (could not|describes)/m.test(stderr))
      broken.push(`${verb.verb} hands on the engine's words`);
    if (stderr.trim().split("\n").length < 2) broken.push(`${verb.verb} says no next step`);
  }
  if (status !== 0) return broken;
  const ok: Readonly<Record<NonNullable<Verb["leaves"]>, () => boolean>> = {
    snapshot: () => held.images.some((image) => image.endsWith(`${name}--tag-${at}`)),
    fork: () => /running|up/.test(held.containers[fork] ?? ""),
    backup: () =>
      existsSync(`${folder}/backup-${at}`) &&
      gunzipSync(readFileSync(`${folder}/backup-${at}`)).includes("needle"),
    export: () =>
      existsSync(`${folder}/export-${at}`) &&
      gunzipSync(readFileSync(`${folder}/export-${at}`)).includes("checksums.json"),
    login: () => held.volumes.some((volume) => volume.startsWith("manyoyo-login-claude-")),
  };
  // The other one may have removed it again.
  const takers: Partial<Record<NonNullable<Verb["leaves"]>, string>> = {
    snapshot: "snapshot rm",
    login: "logout",
  };
  const isTaken = verb.leaves !== undefined && takers[verb.leaves] === other.verb;
  if (verb.leaves !== undefined && !isTaken && !ok[verb.leaves]())
    broken.push(`${verb.verb} said it is done, and there is no ${verb.leaves}`);
  if (verb.kind === "run" && verb.says !== undefined && !stdout.includes("ran"))
    broken.push(`${verb.verb} ended with 0 and did not run`);
  return broken;
}
