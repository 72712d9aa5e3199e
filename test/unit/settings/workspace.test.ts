import { describe, expect, test } from "bun:test";
import { whyNoWorkspace } from "../../../lib/settings/workspace.ts";

const homes = ["/home/me", "/data/home/me"];

describe("a workspace is never", () => {
  const rows: readonly [string, string][] = [
    ["/", "whole file system"],
    ["/home/me", "your home folder"],
    ["/data/home/me", "your home folder"],
    ["/home", "holds your home"],
    ["/data/home", "holds your home"],
    ["/data", "holds your home"],
    ...[
      "bin",
      "boot",
      "dev",
      "etc",
      "lib",
      "lib64",
      "libx32",
      "proc",
      "run",
      "sbin",
      "sys",
      "usr",
      "var",
      "opt",
    ].map((name): [string, string] => [`/${name}`, "system"]),
    ...["srv", "tmp", "mnt", "media"].map((name): [string, string] => [`/${name}`, "system"]),
    ["/proc/1", "running system"],
    ["/sys/fs/cgroup", "running system"],
    ["/dev/shm", "running system"],
    ["/run/user/1000/x", "running system"],
    ["/private", "system"],
    ["/private/tmp", "system"],
    ["/private/etc", "system"],
    ["/private/var", "system"],
  ];
  test.each(rows)("%s: %s", (path, why) => {
    expect(whyNoWorkspace(path, homes)).toContain(why);
  });

  test.each(["/home/me/.manyoyo", "/home/me/.manyoyo/run"])("manyoyo's own: %s", (path) => {
    expect(whyNoWorkspace(path, homes, "/home/me/.manyoyo")).toContain("manyoyo's own folder");
  });
});

describe("a workspace may be", () => {
  const rows = [
    "/home/me/project",
    "/home/me/.manyoyo-2",
    "/home/me2",
    "/home/meadow",
    "/home/you",
    "/data/projects",
    "/tmp/x",
    "/var/www",
    "/opt/app",
    "/srv/app",
    "/mnt/disk",
    "/usr/src/app",
    "/etc/nginx",
    "/library2/x",
    "/private/tmp/x",
    "/private/var/folders/x",
    "/workspace",
    "/devel",
    "/running",
  ];
  test.each(rows)("%s", (path) => {
    expect(whyNoWorkspace(path, homes, "/home/me/.manyoyo")).toBeUndefined();
  });
});
