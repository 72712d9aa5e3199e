"use strict";
const { copyFileSync, linkSync, renameSync } = require("node:fs");
const { join } = require("node:path");
const { executable } = require("./executable.cjs");

// After the installation the command is the executable itself: node, which takes longer to start, is not needed for it any
// more. Where npm does not run this, or it fails, the script in its place starts the executable.
if (process.platform !== "win32") {
  try {
    const [from, part, to] = [
      executable(),
      join(__dirname, "bin", ".part"),
      join(__dirname, "bin", "manyoyo"),
    ];
    try {
      linkSync(from, part);
    } catch {
      copyFileSync(from, part);
    }
    renameSync(part, to);
  } catch (error) {
    console.error(error.message);
  }
}
