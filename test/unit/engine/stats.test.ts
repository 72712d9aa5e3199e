import { describe, expect, test } from "bun:test";
import { readStats } from "../../../lib/engine/stats.ts";

describe("what is used, as docker tells it", () => {
  test("is an object a line", () => {
    const line = {
      BlockIO: "0B / 0B",
      CPUPerc: "12.50%",
      ID: "4f6a",
      MemPerc: "0.00%",
      MemUsage: "924KiB / 1GiB",
      Name: "web",
      NetIO: "516B / 1.2kB",
      PIDs: "2",
    };
    const off = { ...line, CPUPerc: "--", MemUsage: "-- / --", NetIO: "-- / --", PIDs: "--" };
    expect(readStats("docker", `${JSON.stringify(line)}\n${JSON.stringify(off)}\n`)).toEqual([
      {
        id: "4f6a",
        cpu: 12.5,
        cpuTime: undefined,
        memory: 946_176,
        memoryLimit: 2 ** 30,
        pids: 2,
        received: 516,
        sent: 1200,
      },
      {
        id: "4f6a",
        cpu: undefined,
        cpuTime: undefined,
        memory: undefined,
        memoryLimit: undefined,
        pids: undefined,
        received: undefined,
        sent: undefined,
      },
    ]);
  });

  test("of nothing is empty", () => {
    expect(readStats("docker", "\n")).toEqual([]);
    expect(readStats("podman", "")).toEqual([]);
  });
});

describe("what is used, as podman tells it", () => {
  test.each([
    ["114.289399ms", 114.289_399],
    ["2.5s", 2500],
    ["1h2m3s", 3_723_000],
    ["26.5µs", 0.0265],
    ["0s", 0],
    ["--", undefined],
  ])("has the processor's time %s", (cpu_time, cpuTime) => {
    const each = {
      id: "4f6a",
      cpu_time,
      cpu_percent: "4.8%",
      mem_usage: "2.351MB / 25.28GB",
      net_io: "-- / --",
      pids: "2",
    };
    const [read] = readStats("podman", JSON.stringify([each]));
    expect(read).toMatchObject({ id: "4f6a", cpu: undefined, memory: 2_351_000, pids: 2 });
    expect(read?.received).toBeUndefined();
    if (cpuTime === undefined) expect(read?.cpuTime).toBeUndefined();
    else expect(read?.cpuTime).toBeCloseTo(cpuTime, 6);
  });
});

test.each([
  ["docker", "garbage"],
  ["docker", "{}"],
  ["podman", "{}"],
  ["podman", "[{}]"],
] as const)("%s's %j is an error of the engine", (engine, text) => {
  expect(() => readStats(engine, text)).toThrow("in a way that manyoyo does not know");
});
