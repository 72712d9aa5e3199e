import { describe, expect, test } from "bun:test";
import { readReach } from "../../../lib/engine/reach.ts";
import { socketsIn, warningsOf } from "../../../lib/engine/warnings.ts";

const usual = {
  State: {
    Status: "running",
    StartedAt: "2026-01-05T07:09:00.5Z",
    FinishedAt: "0001-01-01T00:00:00Z",
    ExitCode: 0,
  },
  Config: { Env: ["PATH=/bin", "SECRET=a=b", "MANYOYO_ENV_LINES=x\\ny", "MANYOYO_READY=/tmp/x"] },
  Mounts: [
    { Type: "bind", Source: "/home/a/web", Destination: "/w", RW: true },
    { Type: "volume", Name: "cache", Source: "/var/lib/x/_data", Destination: "/cache", RW: false },
  ],
  NetworkSettings: { Ports: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }], "9/udp": null } },
  HostConfig: {
    NetworkMode: "default",
    PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] },
    Privileged: false,
    CapAdd: null,
    CapDrop: null,
    SecurityOpt: null,
    Devices: [],
    PidMode: "",
    IpcMode: "private",
  },
};
const read = (more: object = {}, host: object = {}) => {
  const reach = readReach(
    JSON.stringify([{ ...usual, ...more, HostConfig: { ...usual.HostConfig, ...host } }]),
  );
  if (reach === undefined) throw new Error("not understood");
  return reach;
};

describe("what a session can reach", () => {
  test("is read", () => {
    expect(read()).toEqual({
      mounts: [
        { kind: "volume", source: "cache", target: "/cache", readonly: true },
        { kind: "bind", source: "/home/a/web", target: "/w", readonly: false },
      ],
      ports: [{ host: "127.0.0.1:8080", inside: "80/tcp" }],
      network: "bridge",
      privileged: false,
      capabilities: { added: [], dropped: [] },
      devices: [],
      shared: [],
      security: [],
      env: ["LINES", "PATH", "SECRET"],
      started: Date.UTC(2026, 0, 5, 7, 9, 0, 500),
      finished: undefined,
      exitStatus: undefined,
    });
  });

  test("of one that stopped has the ports that were asked for, and how it ended", () => {
    const State = { StartedAt: "2026-01-05T07:09:00Z", FinishedAt: "2026-01-05T08:09:00Z", ExitCode: 143 };
    expect(read({ State, NetworkSettings: { Ports: {} } })).toMatchObject({
      ports: [{ host: "127.0.0.1:8080", inside: "80/tcp" }],
      finished: Date.UTC(2026, 0, 5, 8, 9),
      exitStatus: 143,
    });
  });

  test.each([
    [{ HostIp: "", HostPort: "80" }, "0.0.0.0:80"],
    [{ HostIp: "::1", HostPort: "80" }, "[::1]:80"],
    [{ HostIp: "127.0.0.1", HostPort: "" }, undefined],
    [{ HostIp: "127.0.0.1", HostPort: "0" }, undefined],
  ])("has the port %j as %p", (bound, host) => {
    const found = read({ NetworkSettings: { Ports: null } }, { PortBindings: { "80/tcp": [bound] } });
    expect(found.ports).toEqual([{ host, inside: "80/tcp" }]);
  });

  test("an ordinary one needs no warning", () => {
    expect(warningsOf(read())).toEqual([]);
    expect(socketsIn(read())).toEqual([]);
  });

  test.each([
    [{ Privileged: true }, /privileged/],
    [{ NetworkMode: "host" }, /own network/],
    [{ PidMode: "host", UsernsMode: "host" }, /shares with this machine: pid, user/],
    [{ CapAdd: ["CAP_SYS_ADMIN"] }, /more rights than usual: CAP_SYS_ADMIN/],
    [{ Devices: [{ PathOnHost: "/dev/kvm" }] }, /devices of this machine: \/dev\/kvm/],
    [{ SecurityOpt: ["seccomp=unconfined"] }, /Guards are off: seccomp=unconfined/],
  ])("is warned of where it is too much: %j", (host, warning) => {
    expect(warningsOf(read({}, host))).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    ["/var/run/docker.sock", "/var/run/docker.sock", 1],
    ["/run/user/1000/podman/podman.sock", "/var/run/docker.sock", 1],
    ["/tmp/agent.sock", "/tmp/agent.sock", 0],
  ])("has the socket %s at %s", (Source, Destination, warnings) => {
    const reach = read({ Mounts: [{ Type: "bind", Source, Destination, RW: true }] });
    expect(socketsIn(reach)).toHaveLength(1);
    expect(warningsOf(reach)).toHaveLength(warnings);
  });

  test.each(["/", "/etc", "/home"])("has too much of the host with %s", (Source) => {
    const reach = read({ Mounts: [{ Type: "bind", Source, Destination: "/host", RW: false }] });
    expect(warningsOf(reach)).toEqual([`It can read ${Source} of this machine.`]);
  });

  test.each(["", "[]", "{}", "garbage"])("is not known from %j", (text) => {
    expect(readReach(text)).toBeUndefined();
  });
});
