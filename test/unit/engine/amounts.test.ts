import { describe, expect, test } from "bun:test";
import { agoIn, bytesIn } from "../../../lib/engine/amounts.ts";

describe("an engine's amount of bytes", () => {
  test.each([
    ["0B", 0],
    ["12B", 12],
    ["1.5kB", 1500],
    ["426B ", 426],
    [" 12.3MB (virtual 169MB)", 12_300_000],
    ["924KiB ", 946_176],
    ["1.5GiB", 1_610_612_736],
    ["23.54GiB", 25_275_882_537],
    ["--", undefined],
    ["", undefined],
    ["12 parsecs", undefined],
  ])("%j is %p", (text, bytes) => {
    expect(bytesIn(text)).toBe(bytes);
  });
});

describe("docker's word for a time gone by", () => {
  test.each([
    ["Up Less than a second", 0],
    ["Up 1 second", 1],
    ["Up 3 seconds (Paused)", 3],
    ["Up About a minute", 60],
    ["Up 5 minutes (healthy)", 300],
    ["Exited (0) About an hour ago", 3600],
    ["Exited (137) 2 days ago", 172_800],
    ["Exited (-1) 3 weeks ago", 1_814_400],
    ["Restarting (1) 5 seconds ago", 5],
    ["Up 2 months", 5_184_000],
    ["Up 2 years", 63_072_000],
    ["Created", undefined],
    ["Dead", undefined],
    ["", undefined],
  ])("%j is %p seconds", (text, seconds) => {
    expect(agoIn(text)).toBe(seconds === undefined ? undefined : seconds * 1000);
  });
});
