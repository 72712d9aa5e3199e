import { describe, expect, test } from "bun:test";
import { readSettings } from "../../../lib/settings/schema.ts";
import { type Ground, isInside, joinAsks, needsTrust } from "../../../lib/settings/trust.ts";

const plain: Ground = {
  userHome: "/home/me",
  real: (path) => path,
  handedOn: (file) => (file === "/home/me/web/handing.env" ? ["TOKEN", "KEY"] : []),
};
const asks = (text: string, file = "/home/me/web/.manyoyo.json", ground = plain) =>
  needsTrust(readSettings(text, file), file, ground);

describe("a profile outside the home of settings asks for nothing with", () => {
  const rows = [
    "{}",
    "{yolo: 'c', containerName: 'web', env: {A: 1}, ports: ['80'], shell: 'bash', menu: 'never', quiet: 'tip'}",
    "{hostPath: '.'}",
    "{hostPath: './sub'}",
    "{hostPath: '/home/me/web'}",
    "{hostPath: '~/web/sub'}",
    "{volumes: ['./x:/x', '/anonymous']}",
    "{envFile: ['anthropic', './.env', '.env']}",
    "{containerName: 'my-myproject', envFile: ['anthropic_claudecode'], yolo: 'c'}",
    "{shell: 'npm test', envFile: './.env'}",
    "{login: 'none', user: 'auto', history: 'keep'}",
    "{containerMode: 'common'}",
    "{imageName: 'mine', imageVersion: '1'}",
    "{imageName: 'localhost/manyoyo-sessions'}",
    "{env: ['A=1', 'B=']}",
    "{ports: ['80', '8080:80', 'localhost:80:80', '127.0.0.1:80:80', '127.1.2.3::53/udp', '[::1]:80:80', '[0:0::1]:81:80']}",
    "{volumes: ['./manyoyo-login-claude-root:/l']}",
  ];
  test.each(rows)("%s", (text) => {
    expect(asks(text)).toEqual([]);
  });
});

describe("a profile outside the home of settings must be trusted for", () => {
  const rows: readonly [string, string][] = [
    ["{hostPath: '..'}", '"/home/me"'],
    ["{hostPath: '/home/me/webshop'}", '"/home/me/webshop"'],
    ["{hostPath: '~'}", '"/home/me"'],
    ["{volumes: ['./x:/x', '~/.ssh:/root/.ssh:ro']}", '"/home/me/.ssh", to read'],
    ["{volumes: ['./../../x:/x']}", '"/home/x"'],
    ["{volumes: ['/:/host']}", '"/"'],
    ["{envFile: ['~/secrets.env']}", '"/home/me/secrets.env"'],
    ["{envFile: '../other/.env'}", '"/home/me/other/.env"'],
    ["{volumes: ['cache:/c']}", 'the volume "cache"'],
    ["{volumes: ['my-manyoyo-login:/l:ro']}", 'the volume "my-manyoyo-login", to read'],
    ["{envFile: 'anthropic', shell: 'env'}", 'your env file "anthropic"'],
    ["{envFile: 'anthropic', yolo: 'c', shellPrefix: 'env;'}", 'your env file "anthropic"'],
    ["{envFile: 'anthropic', yolo: 'c', shellSuffix: ';env'}", 'your env file "anthropic"'],
    ["{login: 'shared'}", "shared logins"],
    ["{user: 'root'}", "as root"],
    ["{imageName: 'ghcr.io/some/image'}", 'the image "ghcr.io/some/image" of a registry'],
    ["{imageName: 'localhost:5000/image:1'}", "of a registry"],
    ["{imageName: 'localhost/manyoyo-snapshot', imageVersion: 'a--b'}", "a session's files"],
    ["{imageName: 'manyoyo-session:a--b'}", "a session's files"],
    ["{containerMode: 'dind'}", "dind"],
    ["{containerMode: 'sock'}", "sock"],
    ["{engine: 'podman'}", "podman"],
    ["{engineArgs: ['--privileged']}", '"--privileged"'],
    ["{volumes: ['manyoyo-login-claude-root:/l']}", `manyoyo's volume "manyoyo-login-claude-root"`],
    ["{volumes: ['manyoyo-history-other:/h:ro']}", `manyoyo's volume "manyoyo-history-other", to read`],
    ["{env: ['A=1', 'AWS_SECRET_ACCESS_KEY']}", 'the variable "AWS_SECRET_ACCESS_KEY" of your environment'],
    ["{env: ['X', 'X'], envFile: './.env'}", 'the variable "X" of your environment'],
    ["{ports: ['80', '0.0.0.0:2222:22']}", 'the port "0.0.0.0:2222:22", open to other machines'],
    ["{ports: ['192.168.1.4::22']}", '"192.168.1.4::22"'],
    ["{ports: ['[::]:2222:22/tcp']}", '"[::]:2222:22/tcp"'],
  ];
  test.each(rows)("%s", (text, shown) => {
    const all = asks(text);
    expect(all).toHaveLength(1);
    expect(all[0]).toContain(shown);
  });

  test("everything it asks for, each in a phrase", () => {
    expect(
      asks("{hostPath: '/x', volumes: ['/y:/y', '/z:/z'], containerMode: 'sock', engineArgs: ['a', 'b']}"),
    ).toHaveLength(6);
  });

  test("each variable of the environment that an env file of its folder hands on", () => {
    expect(asks("{envFile: ['./handing.env'], env: ['KEY', 'Z']}")).toEqual(
      ["KEY", "Z", "TOKEN"].map((name) => `the variable "${name}" of your environment`),
    );
    expect(asks("{envFile: ['handing']}")).toEqual([]);
  });

  test("no logins where the user's own settings say something of them", () => {
    for (const login of ["shared", "session", "none"] as const)
      expect(asks("{login: 'shared'}", undefined, { ...plain, login })).toEqual([]);
  });

  test("a link in its folder that leads out of it", () => {
    const real = (path: string) => path.replace("/home/me/web/link", "/home/me/.ssh");
    expect(asks("{volumes: ['./link:/x']}", undefined, { ...plain, real })).toEqual([
      'the host path "/home/me/.ssh"',
    ]);
    expect(asks("{hostPath: './link/x'}", undefined, { ...plain, real })).toHaveLength(1);
    expect(asks("{envFile: './link/.env'}", undefined, { ...plain, real })).toHaveLength(1);
  });

  test.each(["/tmp/p.json", "/p.json", "/home/me/p.json"])(
    "what lies beside %s, a folder that is nobody's own",
    (file) => {
      expect(asks("{volumes: ['./x:/x']}", file)).toHaveLength(1);
    },
  );
});

describe("a profile that names a session which is there asks for it", () => {
  const asksFor = (folder: string | undefined, file = "/home/me/web/.manyoyo.json") =>
    joinAsks({ name: "a", folder }, file, plain);

  test.each(["/home/me/web", "/home/me/web/sub"])("not where it works in %s", (folder) => {
    expect(asksFor(folder)).toEqual([]);
  });

  test.each(["/home/me", "/home/me/webshop", "/home/me/other", "/"])("where it works in %s", (folder) => {
    expect(asksFor(folder)).toEqual([`the session "a", which works in "${folder}"`]);
  });

  test("where its folder is not known, or the profile lies where everybody's things do", () => {
    expect(asksFor(undefined)).toHaveLength(1);
    expect(asksFor("/tmp/x", "/tmp/p.json")).toHaveLength(1);
  });
});

test("a folder is inside itself, not inside one whose name it begins with", () => {
  expect(isInside("/a/b", "/a/b")).toBe(true);
  expect(isInside("/a/b/c", "/a/b")).toBe(true);
  expect(isInside("/a/bc", "/a/b")).toBe(false);
  expect(isInside("/a", "/a/b")).toBe(false);
  expect(isInside("/a", "/")).toBe(true);
});
