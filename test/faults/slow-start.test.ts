import { describe, expect } from "bun:test";
import { agentImage } from "../support/agent-image.ts";
import { engines } from "../support/engines.ts";
import { copyScene, done } from "../support/saved.ts";
import { tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a machine on which a new container takes long to be ready", (engine) => {
  const { turn } = inTurn(engine);
  const on = copyScene(engine, "slow");
  // Each link takes over a second, and there are seven.
  const agent = agentImage(engine, { ln: '#!/bin/sh\nsleep 1.2\nexec /bin/ln "$@"\n' });

  turn(
    "the first command waits for it: what it writes is where conversations are kept",
    async () => {
      const promised = "nothing is written beside the volume";
      await tried(
        { fault: `${engine}: a new container takes eight seconds to be ready`, promised },
        async () => {
          const name = on.newName();
          const words = ["-n", name, "--image", agent.image, "--keep-history", "-s", "claude"];
          const said = await on.manyoyo([...words, "-x", "readlink ~/.qwen; echo kept >~/.qwen/file"]);
          expect(said).toMatchObject({ status: 0, stdout: "/manyoyo/history/qwen\n" });
          await done(on, "rm", "-f", name);
          expect(await done(on, ...words, "-x", "cat ~/.qwen/file")).toBe("kept\n");
          await done(on, "rm", "-f", name);
        },
      );
    },
    120_000,
  );

  turn(
    "that it can say nowhere that it is ready keeps nobody waiting for long",
    async () => {
      const promised = "run, without waiting for five seconds";
      await tried(
        { fault: `${engine}: a new container has no place to say that it is ready`, promised },
        async () => {
          const name = on.newName();
          const words = ["-n", name, "--engine-arg=--tmpfs=/tmp:ro", "--keep-history", "-s", "claude"];
          expect(await on.manyoyo([...words, "-x", "readlink ~/.qwen"])).toMatchObject({
            status: 0,
            stdout: "/manyoyo/history/qwen\n",
          });
          expect(await done(on, "-n", name, "--timeout", "4s", "-x", "echo ran")).toBe("ran\n");
          await done(on, "rm", "-f", name);
        },
      );
    },
    120_000,
  );
});
