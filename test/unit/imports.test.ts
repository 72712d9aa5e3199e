import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

// The house has rooms, and imports go one way: a file may only import from rooms above its own in this list, or from its
// own room. A path that ends in / is a folder. A file that is in no room fails: give it one.
const rooms: readonly (readonly string[])[] = [
  [
    "lib/failure.ts",
    "lib/json.ts",
    "lib/nearest.ts",
    "lib/signals.ts",
    "lib/shell.ts",
    "lib/terminal.ts",
    "lib/timer.ts",
    "lib/pipe.ts",
    "lib/pool.ts",
    "lib/full.ts",
    "lib/search-path.ts",
  ],
  ["lib/agents/", "lib/inside/"],
  ["lib/archive/"],
  ["lib/settings/"],
  ["lib/session/"],
  ["lib/engine/"],
  ["lib/history/"],
  ["lib/login/"],
  ["lib/snapshot/"],
  ["lib/export/"],
  ["lib/image/"],
  ["lib/doctor/"],
  // The command line as words: it knows of no call and of no engine.
  [
    "cli/quoted.ts",
    "cli/verbs.ts",
    "cli/options.ts",
    "cli/lex.ts",
    "cli/values.ts",
    "cli/select.ts",
    "cli/operands.ts",
    "cli/argv.ts",
    "cli/altered.ts",
    "cli/topics.ts",
    "cli/reference.ts",
    "cli/pages.ts",
    "cli/help.ts",
    "cli/man.ts",
    "cli/complete/candidate.ts",
    "cli/complete/line.ts",
    "cli/complete/option-values.ts",
    "cli/complete/option-words.ts",
    "cli/complete/said.ts",
    "cli/complete/source.ts",
    "cli/complete/verb-words.ts",
    "cli/complete/wanted.ts",
  ],
  ["cli/print.ts", "cli/menu.ts", "cli/suspend.ts"],
  ["cli/pick/"],
  ["cli/early.ts", "cli/call.ts", "cli/report.ts"],
  // What several verbs share.
  ["cli/*", "cli/complete/"],
  ["cli/commands/"],
  ["cli/tree.ts"],
  ["cli/main.ts"],
];

/** The only files that may import a package or a module by which programs are started. */
const doors: Readonly<Record<string, readonly string[]>> = {
  "@clack/prompts": ["cli/menu.ts"],
  citty: ["cli/tree.ts"],
  zx: [],
  "zx/core": ["lib/shell.ts"],
  "node:child_process": ["lib/shell.ts"],
  child_process: [],
  "bun:ffi": ["lib/pipe.ts"],
  "node:worker_threads": [],
};

interface File {
  readonly path: string;
  readonly text: string;
  /** What is loaded when it runs, also later by `import()`: paths from the top of the checkout, or names of packages. */
  readonly loads: readonly string[];
  /** The same, and what it only takes types from. */
  readonly knows: readonly string[];
}

const top = join(import.meta.dir, "../..");
const transpiler = new Bun.Transpiler({ loader: "ts" });

function inTree(from: string, specifier: string): string {
  return specifier.startsWith(".") ? relative(top, join(top, dirname(from), specifier)) : specifier;
}

function read(path: string): File {
  const text = readFileSync(join(top, path), "utf8");
  const loads = transpiler.scanImports(text).map((found) => inTree(path, found.path));
  const types = [...text.matchAll(/^(?:import|export)\s[^;"]*?\sfrom "([^"]+)"/gm)].map((found) =>
    inTree(path, found[1] ?? ""),
  );
  return { path, text, loads, knows: [...new Set([...loads, ...types])] };
}

const files = ["cli", "lib"]
  .flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  )
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
  .map(read);
const lib = files.filter(({ path }) => path.startsWith("lib/"));

/** The number of a file's room; an exact name wins over a folder, a folder over the rest of cli/. */
function roomOf(path: string): number {
  const exact = rooms.findIndex((room) => room.includes(path));
  if (exact !== -1) return exact;
  const folder = rooms.findIndex((room) => room.some((name) => name.endsWith("/") && path.startsWith(name)));
  if (folder !== -1) return folder;
  return dirname(path) === "cli" ? rooms.findIndex((room) => room.includes("cli/*")) : -1;
}

/** The files whose text matches, apart from those that may. The text is read without its comments. */
function saying(pattern: RegExp, among: readonly File[], allowed: readonly string[] = []): readonly string[] {
  return among
    .filter(
      ({ path, text }) => !allowed.includes(path) && pattern.test(text.replace(/^\s*(\/\/|\/?\*).*$/gm, "")),
    )
    .map(({ path }) => path);
}

/** The files of one circle of imports, the first twice; undefined when there is none. */
function circle(): readonly string[] | undefined {
  const loads = new Map(files.map((file) => [file.path, file.loads]));
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): readonly string[] | undefined => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of loads.get(path) ?? []) {
      const found = visit(next, [...above, path]);
      if (found !== undefined) return found;
    }
    done.add(path);
    return undefined;
  };
  return files.map(({ path }) => visit(path, [])).find((found) => found !== undefined);
}

describe("imports", () => {
  test("are read at all", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.find(({ path }) => path === "cli/main.ts")?.loads).toContain("cli/tree.ts");
    expect(files.find(({ path }) => path === "cli/tree.ts")?.loads).toContain("cli/commands/root.ts");
  });

  test("go one way, for types as well: every file has a room, and knows nothing of the rooms after it", () => {
    const wrong = files.flatMap(({ path, knows }) => {
      const own = roomOf(path);
      if (own === -1) return [`${path} has no room`];
      return knows
        .filter((known) => /^(cli|lib)\//.test(known) && known.endsWith(".ts") && roomOf(known) > own)
        .map((known) => `${path} imports ${known}`);
    });
    expect(wrong).toEqual([]);
  });

  test("make no circle", () => {
    expect(circle()).toBeUndefined();
  });

  test("of neighbours are relative, end in the file's own ending, and leave cli and lib only for package data", () => {
    const wrong = files.flatMap(({ path, text }) =>
      [...text.matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)]
        .map((found) => found[1] ?? "")
        .filter(
          (specifier) =>
            !/\.(ts|sh|json|bash|fish)$|\/(_manyoyo|Dockerfile)$/.test(specifier) ||
            !/^(cli|lib|completions)\//.test(inTree(path, specifier)),
        )
        .map((specifier) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test("name every module as plain text, so that nothing is loaded from where the program is started", () => {
    expect(saying(/\bimport\((?!")|\brequire\(|createRequire|import\.meta\.(?!main)/, files)).toEqual([]);
  });

  test.each(Object.entries(doors))("of %s are only in %j", (name, allowed) => {
    expect(files.filter(({ knows }) => knows.includes(name)).map(({ path }) => path)).toEqual([...allowed]);
  });

  test("of packages are of those in package.json or of Bun and Node", () => {
    const { dependencies } = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));
    const known = Object.keys(dependencies);
    const wrong = files.flatMap(({ path, knows }) =>
      knows
        .filter((name) => !/^(cli|lib|completions)\/|^(node|bun):/.test(name))
        .filter((name) => !known.some((each) => name === each || name.startsWith(`${each}/`)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("only at the edge", () => {
  test("programs are started in lib/shell.ts", () => {
    expect(saying(/\bBun\.(spawn|spawnSync|\$)|\bimport \{ \$ \}/, files, ["lib/shell.ts"])).toEqual([]);
  });

  test("the process is ended in cli/main.ts", () => {
    expect(saying(/\bprocess\.(exit|exitCode|abort|reallyExit)\b/, files, ["cli/main.ts"])).toEqual([]);
  });

  test("lib prints nothing, and cli prints through cli/print.ts", () => {
    const printing = /\bconsole\.|\bprocess\.stdout\.write|\bprocess\.stderr\.write/;
    expect(saying(printing, files, ["cli/main.ts"])).toEqual([]);
    expect(saying(/\bwriteSync\(1|\bwriteSync\(2/, files, ["lib/shell.ts"])).toEqual([]);
  });

  test("lib reads no arguments", () => {
    expect(saying(/\bprocess\.argv\b|\bBun\.argv\b/, lib)).toEqual([]);
  });
});

describe("every file", () => {
  test("does without any, as, non-null marks and module-level let", () => {
    expect(
      saying(/: any\b|<any>|\bas any\b|\bas unknown as\b|@ts-(ignore|expect-error|nocheck)/, files),
    ).toEqual([]);
    expect(saying(/\)\s+as\s+(?!const\b)[A-Za-z{[]/, files)).toEqual([]);
    expect(saying(/^let\s|^var\s|^export let\s/m, files)).toEqual([]);
  });
});
