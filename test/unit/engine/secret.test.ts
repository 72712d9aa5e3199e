import { expect, test } from "bun:test";
import { join } from "node:path";

// As on a file system that is nearly full, no file may be longer than some kilobytes here: a part can be written.
const script = `
import { secretDescriptor } from ${JSON.stringify(join(import.meta.dir, "../../../lib/engine/secret.ts"))};
import { readFileSync } from "node:fs";
try { console.log(readFileSync(secretDescriptor("x".repeat(50_000))).length); } catch (error) { console.log(error.code); }
`;

test("variables that find no room for all of them are refused, and not cut", async () => {
  const words = [
    "/bin/sh",
    "-c",
    'trap "" XFSZ; ulimit -f 16; exec "$@"',
    "sh",
    process.execPath,
    "-e",
    script,
  ];
  const started = Bun.spawn(words, { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([started.stdout.text(), started.stderr.text()]);
  expect([stdout, stderr]).toEqual(["settings\n", ""]);
});
