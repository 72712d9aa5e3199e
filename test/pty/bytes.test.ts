import { beforeAll, describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

// In raw mode every byte is the program's: each is shown as a number as soon as it is read.
const showBytes =
  "stty raw -echo; printf 'ready\\r\\n'; while :; do b=$(dd bs=1 count=1 2>/dev/null | od -An -tu1 | tr -d ' '); printf '<%s>\\r\\n' \"$b\"; [ \"$b\" = 113 ] && break; done; stty sane";

describe.each(engines())("between the terminal and a program, %s", (engine) => {
  const { turn } = inTurn(engine);
  const on = scene(engine);
  const made = { name: "" };
  beforeAll(async () => {
    made.name = await on.session("bash");
  });

  test("every control key arrives at once, and none of them ends or detaches the call", async () => {
    await using terminal = on.at(["-n", made.name, "-x", showBytes]);
    await terminal.waitFor("ready");
    const typed = [
      keys.ctrlP,
      keys.ctrlQ,
      keys.ctrlP,
      keys.ctrlZ,
      keys.ctrlC,
      keys.ctrlD,
      keys.ctrlBackslash,
    ];
    for (const key of typed) {
      terminal.type(key);
      await terminal.waitFor(`<${key.charCodeAt(0)}>`, 5_000);
    }
    terminal.type("q");
    expect(await terminal.status()).toBe(0);
  });

  turn("every byte arrives in its order, NUL among them", async () => {
    const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
    const line = "stty raw -echo; printf 'ready\\r\\n'; head -c 256 | sha256sum; stty sane";
    await using terminal = on.at(["-n", made.name, "-x", line]);
    await terminal.waitFor("ready");
    terminal.type(all);
    const hash = new Bun.CryptoHasher("sha256").update(Buffer.from(all, "latin1")).digest("hex");
    await terminal.waitFor(hash);
    expect(await terminal.status()).toBe(0);
  });

  turn("Ctrl-Space arrives with the key after it", async () => {
    await using terminal = on.at(["-n", made.name, "-x", showBytes]);
    await terminal.waitFor("ready");
    terminal.type(keys.ctrlSpace);
    terminal.type("a");
    await terminal.waitFor("<0>\n<97>", 5_000);
    terminal.type("q");
    expect(await terminal.status()).toBe(0);
  });

  const sequences: readonly (readonly [string, string])[] = [
    ["true colour", "\x1b[38;2;1;2;3m\x1b[48;2;250;251;252mx\x1b[0m"],
    ["links (OSC 8)", "\x1b]8;;https://example.org/a?b=c\x1b\\link\x1b]8;;\x1b\\"],
    ["the clipboard (OSC 52)", "\x1b]52;c;aGVsbG8=\x07"],
    ["the title (OSC 2)", "\x1b]2;a title\x07"],
    ["the kitty keyboard", "\x1b[>1u\x1b[?u\x1b[<u"],
    [
      "bracketed paste, mouse and focus",
      "\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[?1004h\x1b[?1004l\x1b[?1006l\x1b[?1000l\x1b[?2004l",
    ],
    ["the alternate screen", "\x1b[?1049h\x1b[2J\x1b[H\x1b[?1049l"],
    ["synchronized output and device questions", "\x1b[?2026h\x1b[?2026l\x1b[c\x1b[6n"],
    ["UTF-8 and an emoji", Buffer.from("äß 漢字 👩‍💻").toString("latin1")],
  ];
  turn("what the program sends passes unaltered", async () => {
    const all = sequences.map(([, bytes]) => bytes).join("|");
    await Bun.write(`${on.folder}/sequences`, Buffer.from(`[[${all}]]`, "latin1"));
    await using terminal = on.at(["-n", made.name, "-x", "stty raw; cat sequences; stty sane"]);
    expect(await terminal.status()).toBe(0);
    await terminal.waitForBytes(`[[${all}]]`);
  });

  turn("much output arrives whole", async () => {
    await using terminal = on.at(["-n", made.name, "-x", "stty raw; seq 200000; stty sane"]);
    expect(await terminal.status()).toBe(0);
    await terminal.waitForBytes("199999\n200000\n");
    const all = Array.from({ length: 200_000 }, (_, at) => `${at + 1}\n`).join("");
    expect(terminal.bytes() === all).toBe(true);
  });

  turn("what the terminal sends passes unaltered", async () => {
    const answers = [
      "\x1b[200~pasted\nlines\t\x1b[201~",
      "\x1b[97;5u\x1b[57441;1:3u",
      "\x1b[<0;10;20M\x1b[<0;10;20m",
      "\x1b]52;c;aGVsbG8=\x1b\\\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
      "\x1b[I\x1b[O\x1b[?62;c\x1b[24;80R",
      Buffer.from("ä漢👩‍💻").toString("latin1"),
    ].join("");
    const line = `stty raw -echo; printf 'ready\\r\\n'; head -c ${answers.length} >typed; stty sane`;
    await using terminal = on.at(["-n", made.name, "-x", line]);
    await terminal.waitFor("ready");
    terminal.type(answers);
    expect(await terminal.status()).toBe(0);
    expect(Buffer.from(await Bun.file(`${on.folder}/typed`).arrayBuffer()).toString("latin1")).toBe(answers);
  });

  turn("Ctrl-C ends what an inner shell runs, and neither that shell nor the call", async () => {
    await using terminal = on.at(["-n", made.name, "-x", "bash", "--norc"]);
    await terminal.waitFor(/[#$] $/);
    terminal.type("cat\r");
    await terminal.waitFor("cat\n");
    await on.untilRuns(made.name, "\ncat\n");
    terminal.type(keys.ctrlC);
    await terminal.waitFor("^C");
    terminal.type("echo status $?\r");
    await terminal.waitFor("status 130\n");
    terminal.type("exit 4\r");
    expect(await terminal.status()).toBe(4);
  });

  turn("a program that handles Ctrl-C goes on and keeps its own status", async () => {
    const line = "trap 'echo got it; exit 3' INT; echo ready; while :; do sleep 0.1; done";
    await using terminal = on.at(["-n", made.name, "-x", line]);
    await terminal.waitFor("ready");
    terminal.type(keys.ctrlC);
    await terminal.waitFor("got it");
    expect(await terminal.status()).toBe(3);
  });

  turn("a program that does not handle Ctrl-C ends with 130", async () => {
    await using terminal = on.at(["-n", made.name, "-x", "echo ready; exec sleep 1000"]);
    await terminal.waitFor("ready");
    terminal.type(keys.ctrlC);
    expect(await terminal.status()).toBe(130);
  });

  turn("Ctrl-Z stops a job of an inner shell, which fg continues; Ctrl-D leaves it", async () => {
    await using terminal = on.at(["-n", made.name, "-x", "bash", "--norc"]);
    await terminal.waitFor(/[#$] $/);
    terminal.type("cat\r");
    await on.untilRuns(made.name, "\ncat\n");
    terminal.type(keys.ctrlZ);
    await terminal.waitFor("Stopped");
    terminal.type("fg\r");
    await terminal.waitFor("fg\ncat\n");
    terminal.type("again\r");
    await terminal.waitFor("again\nagain\n");
    terminal.type(keys.ctrlD);
    await terminal.waitFor(/[#$] $/);
    terminal.type(keys.ctrlD);
    expect(await terminal.status()).toBe(0);
  });
});
