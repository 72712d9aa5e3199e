import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { executablePath } from "../support/build.ts";
import type { EngineName } from "../support/engines.ts";
import type { Run, Under } from "./measure.ts";

/** A completion in bash: what loads it, and a line that TAB makes longer in exactly one way. */
export interface Tab {
  readonly setUp: string;
  readonly line: string;
}

/** Our own completion. */
export function ownTab(line: string): Tab {
  return {
    setUp: `manyoyo() { ${executablePath} "$@"; }; PATH=${executablePath.replace(/\/[^/]*$/, "")}:$PATH; source <(command manyoyo completion bash)`,
    line,
  };
}

/** The least that a completion can do: it reads the engine's list, and knows the name already. */
export function rawTab(list: readonly string[], name: string): Tab {
  const words = list.map((word) => `'${word}'`).join(" ");
  return {
    setUp: `_raw() { mapfile -t COMPREPLY < <(exec ${words} 2>/dev/null); COMPREPLY=('${name}'); }; complete -F _raw rawtab`,
    line: `rawtab ${name}`,
  };
}

/**
 * What the engine's own program brings for bash, on the package of completions that it needs.
 * @param config a folder for DOCKER_CONFIG.
 */
export function engineTab(engine: EngineName, line: string, config?: string): Tab {
  const own = config === undefined ? "" : `export DOCKER_CONFIG='${config}'; `;
  return {
    setUp: `${own}source /usr/share/bash-completion/bash_completion; source <(${engine} completion bash)`,
    line,
  };
}

/**
 * A docker configuration with the two plugins that docker's own packages bring, buildx and compose: its completion asks
 * every plugin at each TAB. These answer at once, which the real ones, programs of 60 MB, do not.
 */
export function pluginConfig(folder: string): string {
  const config = join(folder, "docker-config");
  mkdirSync(join(config, "cli-plugins"), { recursive: true });
  const told = JSON.stringify({
    SchemaVersion: "0.1.0",
    Vendor: "none",
    Version: "v1",
    ShortDescription: "none",
  });
  for (const name of ["docker-buildx", "docker-compose"]) {
    writeFileSync(join(config, "cli-plugins", name), `#!/bin/sh\necho '${told}'\n`, { mode: 0o755 });
  }
  return config;
}

const rounds = 31;

/** Presses TAB in a bash of each in turn, and measures the time until its terminal shows something. */
export async function tabs(under: Under, sides: readonly Tab[]): Promise<readonly (readonly Run[])[]> {
  const shells = await Promise.all(sides.map((side) => open(under, side)));
  const times: Run[][] = sides.map(() => []);
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (let at = 0; at < shells.length; at += 1) {
        // In another order each time.
        const which = (round + at) % shells.length;
        const time = await shells[which]?.press();
        if (round > 0 && time !== undefined) times[which]?.push({ time, memory: 0 });
      }
    }
  } finally {
    for (const shell of shells) shell.close();
  }
  return times;
}

interface Bash {
  /** Types the line, and gives the milliseconds from TAB to the next thing that is shown. */
  press(): Promise<number>;
  close(): void;
}

async function open(under: Under, { setUp, line }: Tab): Promise<Bash> {
  const seen = { text: "", arrived: Promise.withResolvers<number>() };
  const bash = Bun.spawn(["bash", "--noprofile", "--norc", "-i"], {
    cwd: under.cwd,
    env: { ...under.env, TERM: "dumb", PS1: "", HISTFILE: "" },
    terminal: {
      cols: 200,
      rows: 50,
      data: (_terminal, bytes) => {
        const now = performance.now();
        seen.text += Buffer.from(bytes).toString("latin1");
        seen.arrived.resolve(now);
      },
    },
  });
  const { terminal } = bash;
  if (terminal === undefined) throw new Error("there is no terminal");
  const shown = async (text: string): Promise<void> => {
    const until = Date.now() + 20_000;
    while (!seen.text.includes(text)) {
      if (Date.now() > until) throw new Error(`bash does not show ${text}: ${seen.text}`);
      await Bun.sleep(5);
    }
    seen.text = "";
  };
  terminal.write(
    `bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; ${setUp}; echo re''ady\r`,
  );
  await shown("ready");
  return {
    press: async () => {
      terminal.write(line);
      await shown(line);
      seen.arrived = Promise.withResolvers<number>();
      const start = performance.now();
      terminal.write("\t");
      const late = Bun.sleep(10_000).then(() => Number.NaN);
      const end = await Promise.race([seen.arrived.promise, late]);
      if (Number.isNaN(end)) throw new Error(`TAB after "${line}" shows nothing`);
      // An empty line again, and all of its echo gone.
      terminal.write("\x15echo do''ne\r");
      await shown("done");
      return end - start;
    },
    close: () => {
      terminal.close();
      bash.kill("SIGKILL");
    },
  };
}
