import { chmodSync, chownSync, copyFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { executable } from "./engines.ts";
import type { Bench } from "./manyoyo.ts";

/** An ordinary user of the host: a uid that nobody else has, who may use docker's socket. */
export interface Ordinary {
  readonly uid: number;
  /** The words that run the executable with these words as that user. */
  words(...words: readonly string[]): readonly string[];
}

/** docker's socket, by the file that the tests' engine listens on. */
function socket(): string {
  return process.env["DOCKER_HOST"]?.replace(/^unix:\/\//, "") ?? "/var/run/docker.sock";
}

/**
 * Gives a bench's folders to an ordinary user, with a copy of the executable where that user reaches it. The tests run as
 * root for this.
 */
export function ordinaryUser(bench: Bench, uid: number): Ordinary {
  const group = statSync(socket()).gid;
  // The tests' own engine lies in a folder that only root may enter.
  chmodSync(dirname(socket()), statSync(dirname(socket())).mode | 0o011);
  const root = dirname(bench.folder);
  chmodSync(root, 0o755);
  const program = `${root}/manyoyo`;
  copyFileSync(executable(), program);
  for (const path of [bench.folder, bench.home, `${bench.home}/.manyoyo`]) chownSync(path, uid, uid);
  const drop = [`--reuid=${uid}`, `--regid=${uid}`, `--groups=${group}`, "--inh-caps=-all"];
  return { uid, words: (...words) => ["setpriv", ...drop, program, ...words] };
}
