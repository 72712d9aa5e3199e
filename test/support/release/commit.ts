import { run } from "../command.ts";

/** What a release is made from. */
export interface Commit {
  /** Its id, with `-dirty` behind it where files differ from it; "" outside of a checkout. */
  readonly id: string;
  readonly dirty: boolean;
  /** When it was made, in seconds: the time of everything that is made of it. */
  readonly time: number;
}

/** The commit that is checked out. SOURCE_DATE_EPOCH takes the place of its time. */
export async function commitOf(root: string): Promise<Commit> {
  const git = (...words: readonly string[]) => run(["git", "-C", root, ...words]);
  const [shown, changes] = [
    await git("show", "-s", "--format=%H %ct", "HEAD"),
    await git("status", "--porcelain"),
  ];
  const [hash = "", seconds = "0"] = shown.status === 0 ? shown.stdout.trim().split(" ") : [];
  const dirty = changes.status !== 0 || changes.stdout !== "";
  const time = Number(process.env["SOURCE_DATE_EPOCH"] || seconds);
  return { id: hash === "" ? "" : `${hash}${dirty ? "-dirty" : ""}`, dirty, time };
}
