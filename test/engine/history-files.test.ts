import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { done } from "../support/saved.ts";
import { scene } from "../support/scene.ts";

const one = "11111111-1111-4111-8111-111111111111";

/** Shell words that write a conversation into the folder `$at` of Claude Code's, and say `asked` in it. */
const conversation = `at=~/.claude/projects/-w; mkdir -p "$at"; printf '%s\\n' '${JSON.stringify({
  type: "user",
  cwd: "/w",
  timestamp: "2026-01-02T03:04:05Z",
  message: { role: "user", content: "asked" },
})}' >"$at/${one}.jsonl"`;

describe.concurrent.each(engines())("%s: conversations in files", (engine) => {
  const on = scene(engine);
  const sh = (name: string, text: string) => done(on, "exec", name, "--", "sh", "-c", text);

  test("whose names are no UTF-8 come back from a backup under these names", async () => {
    const [from, to, stopped] = await Promise.all([1, 2, 3].map(() => on.session("sleep 1")));
    if (from === undefined || to === undefined || stopped === undefined) throw new Error("no session");
    const long = "$(printf %0120d 0)";
    await sh(
      from,
      `${conversation}; mkdir -p "$at/ö/t"; cd "$at/ö/t"
for name in "$(printf 'a\\350')" "$(printf 'a\\351')" "$(printf '\\351')${long}" é; do echo "$name" >"$name"; done`,
    );
    const look =
      "cd ~/.claude/projects/-w && find . -type f -size -2 | LC_ALL=C sort | od -c; cat ö/t/* | od -c";
    const seen = await sh(from, look);
    for (const [name, first] of [
      [to, true],
      [stopped, false],
    ] as const) {
      if (!first) await done(on, "stop", from, name);
      const file = `${on.home}/${name}.tar.gz`;
      const saved = await on.manyoyo(["history", "backup", from, "-o", file]);
      expect(saved).toMatchObject({ status: 0, stderr: "" });
      expect((await done(on, "history", "restore", name, file)).trim().split("\n")).toHaveLength(5);
      // What is there already is known by its name.
      const again: unknown = JSON.parse(await done(on, "history", "restore", name, file, "--json"));
      expect(again).toMatchObject({ written: [], left: { length: 5 } });
      if (!first) await done(on, "start", name);
      expect(await sh(name, look)).toBe(seen);
    }
  });

  test("that have several names are found and saved under each", async () => {
    const name = await on.session("sleep 1");
    const second = one.replaceAll("1", "3");
    await sh(
      name,
      `${conversation}; cd "$at/.."; for to in 2 3 4; do mkdir -- "-$to" && ln "$at/${one}.jsonl" "./-$to/"; done
mv -- ./-3/${one}.jsonl ./-3/${second}.jsonl`,
    );
    const ids = [one, one, one, second];
    for (const state of ["running", "stopped"]) {
      if (state === "stopped") await done(on, "stop", name);
      const listed: { readonly conversations: readonly { readonly id: string }[] } = JSON.parse(
        await done(on, "history", "ls", name, "--json"),
      );
      expect(listed.conversations.map(({ id }) => id).toSorted()).toEqual(ids);
      expect(await done(on, "history", "show", name, second)).toContain("asked");
      const file = `${on.home}/${name}-${state}.tar.gz`;
      const saved: unknown = JSON.parse(await done(on, "history", "backup", name, "-o", file, "--json"));
      expect(saved).toMatchObject({ agents: { claude: { length: 4 } } });
      // All of them are there already.
      const again: unknown = JSON.parse(await done(on, "history", "restore", name, file, "--json"));
      expect(again).toMatchObject({ written: [], left: { length: 4 } });
    }
  });

  test("come back into a session whose home is /", async () => {
    const [from, to] = await Promise.all([1, 2].map(() => on.session("sleep 1", "-e", "HOME=/")));
    if (from === undefined || to === undefined) throw new Error("no session");
    await sh(from, conversation);
    const file = `${on.home}/${from}.tar.gz`;
    await done(on, "history", "backup", from, "-o", file);
    const top = await sh(to, "stat -c %u:%a /");
    await done(on, "stop", to);
    await done(on, "history", "restore", to, file);
    expect(await done(on, "history", "show", to)).toContain("asked");
    await done(on, "start", to);
    expect(await sh(to, `cat /.claude/projects/-w/${one}.jsonl`)).toContain("asked");
    expect(await sh(to, "stat -c %u:%a / /.claude")).toBe(`${top}0:755\n`);
    await sh(to, "rm -r /.claude");
    await done(on, "history", "restore", to, file);
    expect(await done(on, "history", "show", to)).toContain("asked");
  });
});
