#!/usr/bin/env node
"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { executable } = require("../executable.cjs");

// Stands in for the executable where npm did not put that here (see install.cjs).
const fail = (error) => {
  console.error(error.message);
  process.exit(125);
};
try {
  const path = executable();
  const words = process.argv.slice(2);
  // Node 22.15 and later can become the executable: signals, terminal and status are then its own.
  if (process.execve && process.platform !== "win32") process.execve(path, [path, ...words], process.env);
  const child = spawn(path, words, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // A terminal sends Ctrl-C to the executable too.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on("error", fail);
  child.on("exit", (status, signal) => process.exit(signal ? 128 + constants.signals[signal] : status));
} catch (error) {
  fail(error);
}
