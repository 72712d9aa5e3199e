import { describe, expect, test } from "bun:test";
import { dialect } from "../../../lib/engine/dialect.ts";
import type { Engine } from "../../../lib/engine/engine.ts";
import { socketOf } from "../../../lib/engine/host.ts";
import { engineFailure, lastWords } from "../../../lib/engine/problem.ts";
import type { Said } from "../../../lib/shell.ts";

const said = (stderr: string, status = 1): Said => ({ status, signal: undefined, stdout: "", stderr });
const engine = (name: Engine["name"]): Engine => ({ name, program: `/usr/bin/${name}` });

// Messages as the programs print them: docker 20.10 to 28.2, podman 4.3 (also as a client of a service).
const podmanDown = (how: string): string =>
  `Cannot connect to Podman. Please verify your connection to the Linux system using \`podman system connection list\`, or try \`podman machine init\` and \`podman machine start\` to manage a new Linux VM
Error: unable to connect to Podman socket: Get "http://d/v4.3.1/libpod/_ping": dial ${how}
`;

describe("an engine that is not started is said to be so", () => {
  test.each([
    [
      "docker",
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
    ],
    ["docker", "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?\n"],
    [
      "docker",
      'error during connect: Get "http://foo:2375/v1.24/containers/json": dial tcp: lookup foo: no such host\n',
    ],
    [
      "docker",
      'error during connect: Get "http://docker.example.com/v1.50/containers/json": command [ssh -l a -- h docker system dial-stdio] has exited with exit status 255, make sure the URL is valid\n',
    ],
    [
      "docker",
      "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory\n",
    ],
    ["podman", podmanDown("unix /run/podman/podman.sock: connect: no such file or directory")],
    ["podman", podmanDown("tcp 127.0.0.1:1: connect: connection refused")],
  ] as const)("%s: %#", (name, stderr) => {
    const failure = engineFailure(engine(name), said(stderr), "list");
    expect(failure.code).toBe("engine-down");
    expect(failure.message).toBe(`${name} is installed but does not answer.`);
    expect(failure.hint).toContain(name === "docker" ? "--engine podman" : "--engine docker");
  });
});

describe("a socket that refuses the user is told apart", () => {
  test.each([
    [
      "docker",
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/containers/json": dial unix /var/run/docker.sock: connect: permission denied\n',
    ],
    [
      "docker",
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/containers/json": dial unix /var/run/docker.sock: connect: permission denied\n',
    ],
    [
      "docker",
      "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock\n",
    ],
    ["podman", podmanDown("unix /run/podman/podman.sock: connect: permission denied")],
  ] as const)("%s: %#", (name, stderr) => {
    const failure = engineFailure(engine(name), said(stderr), "list");
    expect(failure.code).toBe("engine-down");
    expect(failure.message).toBe(`You may not use ${name}: its socket refuses your user.`);
  });
});

describe("any other message is handed on without the engine's own prefixes", () => {
  test.each([
    [
      "docker: Error response from daemon: Conflict. The name is taken.\nSee 'docker run --help'.",
      "Conflict. The name is taken.",
    ],
    [
      "docker: Error response from daemon: driver failed: port is already allocated.\n\nRun 'docker run --help' for more information",
      "driver failed: port is already allocated.",
    ],
    ["Error: unknown flag: --bogus\nSee 'podman ps --help'", "unknown flag: --bogus."],
    ['time="2026-01-05T07:09:00Z" level=warning msg="a error of cgroups"\nError: crun: no', "crun: no."],
    ["WARNING: swap is off\nError response from daemon: no\nWARNING: bye", "no."],
    [
      'unable to resolve docker endpoint: context "nope" does not exist',
      'unable to resolve docker endpoint: context "nope" does not exist.',
    ],
    ["\n  \n", "it said nothing and ended with status 1."],
    ["", "it said nothing and ended with status 1."],
  ])("%j: %j", (stderr, words) => {
    expect(lastWords(said(stderr))).toBe(words);
    const failure = engineFailure(engine("docker"), said(stderr), 'look for "x"');
    expect(failure.message).toBe(`docker could not look for "x": ${words}`);
    expect(failure.code).toBe("engine-failed");
  });
});

describe("what another call did a moment before is no fault of the engine's", () => {
  test.each([
    ["docker", "no-session", "Error response from daemon: No such container: x"],
    ["podman", "no-session", 'Error: no container with name or ID "x" found: no such container'],
    ["docker", "in-use", "Error response from daemon: container 0a1b is not running"],
    ["docker", "in-use", "Error response from daemon: removal of container 0a1b is already in progress"],
    [
      "podman",
      "in-use",
      "Error: can only create exec sessions on running containers: container state improper",
    ],
  ] as const)("%s: %s: %s", (name, code, stderr) => {
    const said = { status: 1, signal: undefined, stdout: "", stderr };
    const { code: given, message, hint } = engineFailure({ name, program: name }, said, "start the session");
    expect(given).toBe(code);
    expect(message).toContain(`so ${name} could not start the session.`);
    expect(hint).toContain("manyoyo ls");
  });
});

describe("the engines' messages are recognised", () => {
  type Pattern = "noSuchContainer" | "noSuchImage" | "nameTaken" | "noShell";
  const rows: readonly (readonly [Engine["name"], Pattern, string])[] = [
    ["docker", "noSuchContainer", "Error: No such container: web"],
    ["docker", "noSuchContainer", "Error response from daemon: No such container: web"],
    ["docker", "noSuchContainer", "Error: No such object: web"],
    ["podman", "noSuchContainer", 'Error: no container with name or ID "web" found: no such container'],
    ["podman", "noSuchContainer", 'Error: inspecting object: no such container "web"'],
    ["docker", "noSuchImage", "docker: Error response from daemon: No such image: box:1."],
    ["podman", "noSuchImage", "Error: box:1: image not known"],
    [
      "docker",
      "nameTaken",
      'docker: Error response from daemon: Conflict. The container name "/web" is already in use by container "0a1b". You have to remove (or rename) that container to be able to reuse that name.',
    ],
    [
      "podman",
      "nameTaken",
      'Error: creating container storage: the container name "web" is already in use by 0a1b. You have to remove that container to be able to reuse that name: that name is already in use',
    ],
    [
      "docker",
      "noShell",
      'docker: Error response from daemon: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown.',
    ],
    [
      "podman",
      "noShell",
      'Error: runc: runc create failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: OCI runtime attempted to invoke a command that was not found',
    ],
    ["podman", "noShell", "Error: crun: executable file `/bin/sh` not found: No such file or directory"],
  ];
  test.each(rows)("%s, %s: %#", (name, pattern, message) => {
    expect(dialect(name)[pattern].test(message)).toBe(true);
    const others: readonly Pattern[] = ["noSuchContainer", "noSuchImage", "nameTaken", "noShell"];
    for (const other of others) if (other !== pattern) expect(dialect(name)[other].test(message)).toBe(false);
  });
});

describe("the socket that mode sock hands on", () => {
  test.each([
    ["docker", {}, "/var/run/docker.sock"],
    ["docker", { DOCKER_HOST: "unix:///run/user/1000/docker.sock" }, "/run/user/1000/docker.sock"],
    ["docker", { DOCKER_HOST: "tcp://h:2375" }, "/var/run/docker.sock"],
    ["podman", { CONTAINER_HOST: "unix:///x/p.sock", DOCKER_HOST: "unix:///d.sock" }, "/x/p.sock"],
  ] as const)("%s with %j: %s", (name, env, path) => {
    expect(socketOf(name, env)).toBe(path);
  });
});
