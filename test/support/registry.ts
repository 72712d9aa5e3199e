import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageOf, packedName } from "./release/npm.ts";
import { targets } from "./release/targets.ts";

/** An npm registry on this machine that has what a release publishes, and nothing else. */
export interface Registry extends Disposable {
  readonly url: string;
}

/** Serves the packed packages of a folder. Those of other systems are only told of: npm takes none of them. */
export function registry(folder: string, version: string): Registry {
  const file = (name: string): string => join(folder, packedName(name, version));
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const { pathname, origin } = new URL(request.url);
      const name = decodeURIComponent(pathname.slice(1));
      if (name.endsWith(".tgz")) return new Response(Bun.file(join(folder, name)));
      const target = targets.find((each) => packageOf(each) === name);
      if (target === undefined && name !== "manyoyo") return new Response("{}", { status: 404 });
      const path = file(name);
      const manifest = existsSync(path) ? manifestIn(path) : told(name, target?.npm);
      const dist = existsSync(path)
        ? { tarball: `${origin}/${path.slice(folder.length + 1)}`, integrity: integrity(path) }
        : { tarball: `${origin}/none.tgz` };
      const versions = { [version]: { ...manifest, version, dist } };
      return Response.json({ name, "dist-tags": { latest: version }, versions });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/`, [Symbol.dispose]: () => void server.stop(true) };
}

function manifestIn(path: string): object {
  const { stdout } = Bun.spawnSync(["tar", "-xzOf", path, "package/package.json"]);
  return JSON.parse(stdout.toString());
}

function told(name: string, npm: { os: string; cpu: string; libc?: string } | undefined): object {
  const { os, cpu, libc } = npm ?? {};
  return { name, os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}

function integrity(path: string): string {
  return `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}`;
}
