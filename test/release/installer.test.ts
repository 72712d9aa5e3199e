import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outcome, runProgram } from "../support/manyoyo.ts";
import { gzip, sha256, tar, textMember } from "../support/release/archive.ts";

// install.sh, with a script in place of the executable: nothing here depends on what is in the archive.

const script = join(import.meta.dir, "../../install.sh");
const target = "linux-x64";
const at = { root: "", release: "", home: "" };

beforeEach(() => {
  at.root = mkdtempSync(join(tmpdir(), "manyoyo-install-"));
  at.release = join(at.root, "the release");
  at.home = join(at.root, "my home");
  mkdirSync(at.release);
  mkdirSync(at.home);
});
afterEach(() => rmSync(at.root, { recursive: true, force: true }));

/** Puts a release of a version into its folder. */
async function published(version: string, program = `#!/bin/sh\necho ${version}\n`): Promise<void> {
  const folder = `manyoyo-${version}-${target}`;
  const texts = ["LICENSE", "README.md", "CHANGELOG.md", "THIRD-PARTY.md", "manyoyo.cdx.json", "manyoyo.1"];
  const members = [
    { path: `${folder}/manyoyo`, bytes: Buffer.from(program), isProgram: true },
    ...texts.map((name) => textMember(`${folder}/${name}`, `${name} ${version}\n`)),
  ];
  const archive = await gzip(tar(members, 0));
  writeFileSync(join(at.release, `manyoyo-${target}.tar.gz`), archive);
  writeFileSync(join(at.release, "SHA256SUMS"), `${sha256(archive)}  manyoyo-${target}.tar.gz\n`);
}

function install(
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const variables = { HOME: at.home, MANYOYO_RELEASE: at.release, ...env };
  return runProgram(
    ["sh", script, ...(words.includes("--uninstall") ? [] : ["--target", target]), ...words],
    {
      cwd: at.root,
      env: variables,
    },
  );
}

const files = (): readonly string[] => readdirSync(at.home, { recursive: true, encoding: "utf8" }).sort();
const program = (): string => join(at.home, ".local/bin/manyoyo");

describe("install.sh", () => {
  test("installs into ~/.local, says what to do about PATH, and takes away all of it", async () => {
    await published("1.0.0");
    const installed = await install();
    expect(installed).toMatchObject({ status: 0, stderr: "" });
    expect(installed.stdout).toContain(`manyoyo 1.0.0 is installed: ${program()}\n`);
    expect(installed.stdout).toContain(`export PATH="${at.home}/.local/bin:$PATH"`);
    expect((await runProgram([program(), "--version"])).stdout).toBe("1.0.0\n");
    expect(files()).toContain(".local/share/man/man1/manyoyo.1");
    expect(await install(["--uninstall"])).toMatchObject({ status: 0, stderr: "" });
    expect(files()).toEqual([]);
  });

  test("upgrades, and then takes away all of it but what was there before", async () => {
    mkdirSync(join(at.home, ".local/bin"), { recursive: true });
    writeFileSync(join(at.home, ".local/bin/other"), "");
    const before = files();
    await published("1.0.0");
    await install();
    await published("1.1.0");
    expect((await install()).stdout).toContain("manyoyo 1.1.0 is installed in place of 1.0.0");
    expect(readFileSync(join(at.home, ".local/share/doc/manyoyo/LICENSE"), "utf8")).toBe("LICENSE 1.1.0\n");
    await install(["--uninstall"]);
    expect(files()).toEqual(before);
  });

  test("takes another folder, also one beside it", async () => {
    await published("1.0.0");
    expect(await install(["--prefix", "here too"])).toMatchObject({ status: 0 });
    expect(existsSync(join(at.root, "here too/bin/manyoyo"))).toBe(true);
    expect(await install(["--uninstall", "--prefix=here too"])).toMatchObject({ status: 0 });
    expect(existsSync(join(at.root, "here too"))).toBe(false);
    expect(files()).toEqual([]);
  });

  test("takes a release from a URL", async () => {
    await published("1.0.0");
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: async (request) => {
        const file = Bun.file(join(at.release, new URL(request.url).pathname.slice(1)));
        return (await file.exists()) ? new Response(file) : new Response("", { status: 404 });
      },
    });
    const url = `http://127.0.0.1:${server.port}`;
    expect(await install([], { MANYOYO_RELEASE: url })).toMatchObject({ status: 0 });
    const missing = await install([], { MANYOYO_RELEASE: `${url}/none` });
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain(`install.sh: ${url}/none/SHA256SUMS cannot be fetched.\n`);
  });

  /** The programs of this machine without curl, with this one as wget. */
  function without(wget: string): string {
    const path = join(at.root, "bin");
    mkdirSync(path);
    for (const folder of ["/usr/bin", "/bin"]) {
      for (const name of readdirSync(folder)) {
        if (["curl", "wget"].includes(name) || existsSync(join(path, name))) continue;
        rmSync(join(path, name), { force: true });
        symlinkSync(join(folder, name), join(path, name));
      }
    }
    symlinkSync(Bun.which(wget) ?? wget, join(path, "wget"));
    return path;
  }

  test("with wget alone follows a redirect to https, and none to http", async () => {
    await published("1.0.0");
    const [key, certificate] = [join(at.root, "key.pem"), join(at.root, "certificate.pem")];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const words = [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
    ];
    const made = await runProgram([...words, "-keyout", key, "-out", certificate, ...names]);
    expect(made.status, made.stderr).toBe(0);
    writeFileSync(join(at.root, "wgetrc"), `ca_certificate = ${certificate}\n`);
    const listening = { hostname: "127.0.0.1", port: 0 } as const;
    const file = (request: Request) => Bun.file(join(at.release, new URL(request.url).pathname.slice(1)));
    using open = Bun.serve({ ...listening, fetch: (request) => new Response(file(request)) });
    using server = Bun.serve({
      ...listening,
      tls: { key: Bun.file(key), cert: Bun.file(certificate) },
      fetch: (request): Response => {
        const { origin, pathname } = new URL(request.url);
        const [, how = "", name = ""] = pathname.split("/");
        if (how === "https") return Response.redirect(`${origin}/near/${name}`);
        if (how === "near") return new Response(null, { status: 302, headers: { Location: `/${name}` } });
        if (how === "http") return Response.redirect(`http://127.0.0.1:${open.port}/${name}`);
        return new Response(file(request));
      },
    });
    const env = { PATH: without("wget"), WGETRC: join(at.root, "wgetrc") };
    const from = (how: string) =>
      install([], { ...env, MANYOYO_RELEASE: `https://localhost:${server.port}/${how}` });
    const refused = await from("http");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("/http/SHA256SUMS cannot be fetched.");
    expect(files()).toEqual([]);
    expect(await from("https")).toMatchObject({ status: 0, stderr: "" });
  });

  test("uses no wget that cannot be kept from a redirect", async () => {
    const env = { PATH: without("busybox"), MANYOYO_RELEASE: "https://localhost:1/" };
    const refused = await install([], env);
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("curl or GNU wget is needed");
  });

  test("takes the release that it lies beside", async () => {
    await published("1.0.0");
    cpSync(script, join(at.release, "install.sh"));
    for (const [cwd, path] of [
      [at.root, join(at.release, "install.sh")],
      [at.release, "install.sh"],
    ] as const) {
      const env = { HOME: at.home, MANYOYO_RELEASE: "" };
      const said = await runProgram(["sh", path, "--target", target], { cwd, env });
      expect(said).toMatchObject({ status: 0, stderr: "" });
    }
  });

  test("takes nothing from the folder that it is piped to a shell in", async () => {
    await published("1.0.0");
    const env = { HOME: at.home, MANYOYO_RELEASE: "" };
    for (const words of [["sh"], ["sh", "-s", "--", "--target", target], ["bash", "-s"]]) {
      const piped = await runProgram(words, { cwd: at.release, env, input: readFileSync(script, "utf8") });
      expect(piped).toMatchObject({ status: 1, stdout: "" });
      expect(piped.stderr).toContain("Where is the release?");
      expect(files()).toEqual([]);
    }
  });

  test("needs no folder for temporary files that programs run in", async () => {
    await published("1.0.0");
    const folder = join(at.root, "no programs");
    mkdirSync(folder);
    const mounted = 'mount -t tmpfs -o noexec none "$TMPDIR" && exec sh "$@"';
    const words = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, "sh", script];
    const env = { HOME: at.home, MANYOYO_RELEASE: at.release, TMPDIR: folder };
    const said = await runProgram([...words, "--target", target], { cwd: at.root, env });
    expect(said).toMatchObject({ status: 0, stderr: "" });
    expect((await runProgram([program(), "--version"])).stdout).toBe("1.0.0\n");
  });

  test("leaves nothing of an executable that does not run here", async () => {
    await published("1.0.0", "#!/bin/sh\nexit 1\n");
    const refused = await install();
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("manyoyo for linux-x64 does not run here.");
    expect(files()).toEqual([]);
  });

  test.each<[string, () => unknown, string]>([
    [
      "an archive that is not what the sums say",
      () => writeFileSync(join(at.release, `manyoyo-${target}.tar.gz`), "other"),
      "is not what SHA256SUMS says: nothing was installed.",
    ],
    [
      "a release without the target",
      () => writeFileSync(join(at.release, "SHA256SUMS"), `${"0".repeat(64)}  manyoyo-other.tar.gz\n`),
      "This release has no manyoyo-linux-x64.tar.gz.",
    ],
    ["no release", () => rmSync(join(at.release, "SHA256SUMS")), "There is no file"],
    [
      "an executable that does not run here",
      () => published("2.0.0", "#!/bin/sh\nexit 1\n"),
      "manyoyo for linux-x64 does not run here.",
    ],
  ])("refuses %s, and leaves what is installed", async (_what, damage, words) => {
    await published("1.0.0");
    await install();
    const before = files();
    await damage();
    const refused = await install();
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain(words);
    expect(files()).toEqual(before);
    expect((await runProgram([program(), "--version"])).stdout).toBe("1.0.0\n");
  });

  test.each([
    [["--nonsense"], {}, "There is no option --nonsense."],
    [["--prefix"], {}, "--prefix needs a value."],
    [["--uninstall"], {}, "manyoyo was not installed by this script"],
    [[], { MANYOYO_RELEASE: "http://example.org/release" }, "is neither a folder nor an https URL."],
    [[], { MANYOYO_RELEASE: "" }, "Where is the release?"],
  ])("refuses %j with %j", async (words, env, message) => {
    const refused = await install(words, { ...env });
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain(message);
    expect(files()).toEqual([]);
  });

  test("says what to do where a folder cannot be written", async () => {
    await published("1.0.0");
    writeFileSync(join(at.home, ".local"), "a file");
    const refused = await install();
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("cannot be made.");
  });

  test("is fit for every POSIX shell", async () => {
    expect(await runProgram(["shellcheck", "--shell=sh", script])).toMatchObject({ status: 0, stdout: "" });
  });
});
