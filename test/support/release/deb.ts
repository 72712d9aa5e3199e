import { createHash } from "node:crypto";
import { ar, gzip, type Member, tar, textMember } from "./archive.ts";
import type { Contents } from "./contents.ts";

// Made here and not by debhelper: that strips executables, which takes ours apart, and a release needs nothing but npm.

/** A Debian package; installed, it is complete: nothing is run or asked. */
export async function debianPackage(contents: Contents): Promise<Uint8Array> {
  const { target, version, time, program, texts } = contents;
  const doc = "./usr/share/doc/manyoyo";
  const zipped = async (path: string, text: string): Promise<Member> => ({
    path,
    bytes: await gzip(Buffer.from(text)),
  });
  const files: readonly Member[] = [
    { path: "./usr/bin/manyoyo", bytes: program, isProgram: true },
    textMember("./usr/share/bash-completion/completions/manyoyo", texts["completions/manyoyo.bash"]),
    textMember(`${doc}/README.md`, texts["README.md"]),
    await zipped(`${doc}/changelog.gz`, texts["CHANGELOG.md"]),
    textMember(`${doc}/copyright`, `${texts.LICENSE}\n\n${texts["THIRD-PARTY.md"]}`),
    textMember(`${doc}/manyoyo.cdx.json`, texts["manyoyo.cdx.json"]),
    textMember("./usr/share/fish/vendor_completions.d/manyoyo.fish", texts["completions/manyoyo.fish"]),
    await zipped("./usr/share/man/man1/manyoyo.1.gz", texts["manyoyo.1"]),
    textMember("./usr/share/zsh/vendor-completions/_manyoyo", texts["completions/_manyoyo"]),
  ];
  const size = Math.ceil(files.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024);
  const control = `Package: manyoyo
Version: ${version}
Architecture: ${target.debian}
Maintainer: The manyoyo authors <manyoyo@localhost>
Installed-Size: ${size}
Depends: libc6 (>= 2.17)
Recommends: bash-completion
Suggests: docker.io | docker-ce | podman
Section: utils
Priority: optional
Description: AI coding agents in named docker and podman sessions
 manyoyo runs AI coding agents (Claude Code, Codex, Gemini CLI, OpenCode) in
 container sessions that are easy to leave, find again, resume and script.
`;
  const sums = files
    .map(({ path, bytes }) => `${createHash("md5").update(bytes).digest("hex")}  ${path.slice(2)}\n`)
    .join("");
  const [controlTar, data] = await Promise.all([
    gzip(tar([textMember("./control", control), textMember("./md5sums", sums)], time)),
    gzip(tar(files, time)),
  ]);
  return ar(
    [
      textMember("debian-binary", "2.0\n"),
      { path: "control.tar.gz", bytes: controlTar },
      { path: "data.tar.gz", bytes: data },
    ],
    time,
  );
}
