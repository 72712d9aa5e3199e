import { afterAll } from "bun:test";
import { randomBytes } from "node:crypto";
import { type EngineName, testImage } from "./engines.ts";
import { raw } from "./manyoyo.ts";

/**
 * Makes images whose /bin/sh first does what a bash text says, and then is the one that it was. They go afterwards.
 * Must be called while tests are being defined.
 * @returns what makes one of such a text, and gives its name
 */
export function shellImages(engine: EngineName): (text: string) => Promise<string> {
  const images: string[] = [];
  const did = async (...words: readonly string[]): Promise<void> => {
    const said = await raw(engine, ...words);
    if (said.status !== 0) throw new Error(`${engine} ${words[0]}: ${said.stderr}`);
  };
  afterAll(async () => {
    for (const image of images) await raw(engine, "rmi", "-f", image);
  });
  return async (text) => {
    const name = `myt-shell-${randomBytes(4).toString("hex")}`;
    const image = `localhost/${name}:1`;
    images.push(image);
    const whole = `#!/bin/bash\n${text}\nexec /bin/dash "$@"\n`;
    const put = 'rm -f /bin/sh; printf %s "$1" >/bin/sh; chmod 755 /bin/sh';
    await did("run", "--name", name, "--entrypoint", "/bin/bash", testImage, "-c", put, "bash", whole);
    await did("commit", name, image);
    await did("rm", name);
    return image;
  };
}
