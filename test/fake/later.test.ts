import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { laterText } from "../../lib/inside/texts.ts";

const folder = mkdtempSync(join(tmpdir(), "manyoyo-later-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("what is left to be done in a session is done, though a program in there never stops talking", async () => {
  const engine = join(folder, "engine");
  // Its first answer has no end.
  writeFileSync(
    engine,
    `#!/bin/sh
[ "$3" = again ] && exit 0
[ -e '${folder}/asked' ] && { : >'${folder}/done'; exit 0; }
: >'${folder}/asked'
exec yes`,
  );
  chmodSync(engine, 0o755);
  const words = ["/bin/sh", "-c", laterText(), "manyoyo", "web", engine, "exec", "web"];
  // What it keeps must not grow with what is said.
  const bounded = ["/bin/sh", "-c", 'ulimit -v 200000; exec "$@"', "sh", ...words];
  const started = Bun.spawn(bounded, { stdio: ["ignore", "ignore", "pipe"] });
  expect(await started.stderr.text()).toBe("");
  expect(await started.exited).toBe(0);
  expect(existsSync(join(folder, "done"))).toBe(true);
}, 20_000);
