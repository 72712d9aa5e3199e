"use strict";
const { existsSync } = require("node:fs");

/** The path of the executable for this system, in the optional package that npm installed; throws an Error without one. */
exports.executable = () => {
  const { platform, arch } = process;
  const libc =
    platform === "linux" && existsSync(`/lib/ld-musl-${arch === "x64" ? "x86_64" : "aarch64"}.so.1`);
  const system = platform === "win32" ? "windows" : platform;
  // npm before 10 installs those for both C libraries.
  const names = libc ? [`${system}-${arch}-musl`, `${system}-${arch}`] : [`${system}-${arch}`];
  for (const name of names) {
    try {
      return require.resolve(`@manyoyo/${name}/bin/manyoyo${platform === "win32" ? ".exe" : ""}`);
    } catch {
      // The next one, or the words below.
    }
  }
  throw new Error(
    `manyoyo: there is no executable for ${system}-${arch}: was it installed with --omit=optional, or on another system?`,
  );
};
