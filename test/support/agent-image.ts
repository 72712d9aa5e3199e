import { afterAll, beforeAll } from "bun:test";
import { randomBytes } from "node:crypto";
import { type EngineName, testImage } from "./engines.ts";
import { raw, runProgram } from "./manyoyo.ts";

/** An image with programs of ours in place of agents, and a user of the host whom nobody else is. */
export interface AgentImage {
  readonly image: string;
  /** Makes manyoyo take the calls for that user's. */
  readonly env: { readonly USER: string };
  /** The volume of that user's login. */
  volume(agent: string): string;
  /** What lies in that volume, as `find` and `cat` tell it. */
  content(agent: string): Promise<string>;
  /** Whether there is a volume of that name. */
  has(volume: string): Promise<boolean>;
  /** Makes a volume, as somebody would by hand, with a file in it. */
  put(volume: string, labels: Readonly<Record<string, string>>, file: string, text: string): Promise<void>;
}

/** Must be called while tests are being defined. The programs are sh texts, by their names. */
export function agentImage(engine: EngineName, programs: Readonly<Record<string, string>>): AgentImage {
  const id = randomBytes(4).toString("hex");
  const image = `localhost/myt-login-${id}:1`;
  const user = `myt-${id}`;
  const volumes = new Set(Object.keys(programs).map((agent) => `manyoyo-login-${agent}-${user}`));
  const did = async (...words: readonly string[]): Promise<string> => {
    const said = await raw(engine, ...words);
    if (said.status !== 0) throw new Error(`${engine} ${words[0]}: ${said.stderr}`);
    return said.stdout;
  };
  beforeAll(async () => {
    const name = `myt-make-${id}`;
    await did("run", "-d", "--name", name, "--entrypoint", "sleep", testImage, "60");
    for (const [program, text] of Object.entries(programs)) {
      const path = `/usr/local/bin/${program}`;
      const how = { input: text };
      await runProgram([engine, "exec", "-i", name, "sh", "-c", `cat >${path}; chmod 755 ${path}`], how);
    }
    await did("commit", name, image);
    await did("rm", "-f", ...(engine === "podman" ? ["-t", "0"] : []), name);
  });
  afterAll(async () => {
    for (const volume of volumes) await raw(engine, "volume", "rm", "-f", volume);
    await raw(engine, "rmi", "-f", image);
  });
  return {
    image,
    env: { USER: user },
    volume: (agent) => `manyoyo-login-${agent}-${user}`,
    content: (agent) =>
      did(
        ...["run", "--rm", "-v", `manyoyo-login-${agent}-${user}:/v`, testImage, "sh", "-c"],
        'cd /v; find . -type f | sort | while read -r file; do echo "$file $(stat -c %a "$file") $(cat "$file")"; done',
      ),
    has: async (volume) => (await raw(engine, "volume", "inspect", volume)).status === 0,
    put: async (volume, labels, file, text) => {
      volumes.add(volume);
      const words = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
      // podman refuses one that is there.
      await raw(engine, "volume", "create", ...words, volume);
      await did(
        "run",
        "--rm",
        "-v",
        `${volume}:/v`,
        testImage,
        "sh",
        "-c",
        'printf %s "$2" >"/v/$1"',
        "sh",
        file,
        text,
      );
    },
  };
}

/** A `claude` that logs in as the real one does: one way prints a token, the other renames a file into its place. */
export const claudeText = `#!/bin/sh
case "$1 $2" in
  'setup-token ')
    echo 'Visit https://login.invalid'
    printf 'code: '
    read -r code
    [ "$code" = wrong ] && exit 3
    echo 'Long-lived token created'
    ;;
  'auth login')
    printf 'Paste code: '
    read -r code
    folder=\${CLAUDE_SECURESTORAGE_CONFIG_DIR:-$HOME/.claude}
    [ "$code" = none ] && exit 0
    printf '{"code":"%s"}' "$code" >"$folder/.credentials.json.tmp"
    mv "$folder/.credentials.json.tmp" "$folder/.credentials.json"
    ;;
  *)
    printf '<token %s>' "\${CLAUDE_CODE_OAUTH_TOKEN-none}"
    printf '<file %s>' "$(cat "$HOME/.claude/.credentials.json" 2>/dev/null || echo none)"
    printf '<folder %s>\\n' "\${CLAUDE_SECURESTORAGE_CONFIG_DIR-none}"
    ;;
esac
`;

/** A \`codex\` that takes the link to its login away, as an older or newer one might. */
export const codexText = `#!/bin/sh
file=$HOME/.codex/auth.json
case $1 in
  login)
    printf 'Press Enter: '
    read -r _
    printf 'codex login' >"$file.new"
    mv "$file.new" "$file"
    ;;
  *) printf '<file %s>\\n' "$(cat "$file" 2>/dev/null || echo none)" ;;
esac
`;
