import { describe, expect, test } from "bun:test";
import {
  claimsToBeSession,
  countingLabels,
  doubtful,
  type Labels,
  label,
  ownLabels,
  ownWithoutImage,
} from "../../../lib/session/labels.ts";

const ours: Labels = {
  "manyoyo.session": "uuid-1",
  "manyoyo.default_cmd": "claude",
  "manyoyo.name": "web",
  "manyoyo.image": "localhost/manyoyo:1-common",
};
const legacy: Labels = { "manyoyo.default_cmd": "claude" };

test("labels have the keys that sessions out there carry", () => {
  expect(label.session).toBe("manyoyo.session");
  expect(label.firstCommand).toBe("manyoyo.default_cmd");
  expect(label.args).toBe("manyoyo.args");
});

describe("a container may be a session", () => {
  test.each([
    ["of ours", ours, true],
    ["of the original tool", legacy, true],
    ["with an empty first command", { "manyoyo.session": "u", "manyoyo.default_cmd": "" }, true],
    ["without labels", {}, false],
    ["with labels of others", { "com.example.manyoyo": "x", manyoyo: "1", "manyoyo.name": "web" }, false],
  ] satisfies [string, Labels, boolean][])("%s: %#", (_what, labels, expected) => {
    expect(claimsToBeSession(labels)).toBe(expected);
  });
});

describe("the image is asked", () => {
  const image = "localhost/manyoyo:1-common";
  test.each([
    ["not about a session under its own name and image", ours, "web", image, false],
    ["about another name: it may be started from a snapshot", ours, "web-2", image, true],
    ["about another image: it may be that snapshot", ours, "web", "localhost/snapshot", true],
    [
      "about one of an image that anybody may have made",
      { ...ours, "manyoyo.image": "b:1" },
      "web",
      "b:1",
      true,
    ],
    [
      "also where that has a name like manyoyo's",
      { ...ours, "manyoyo.image": "localhost/manyoyo-web:1" },
      "web",
      "localhost/manyoyo-web:1",
      true,
    ],
    [
      "not about one of an image that was made for it alone",
      { ...ours, "manyoyo.image": "localhost/manyoyo-session:web--1f2e3d4c" },
      "web",
      "localhost/manyoyo-session:web--1f2e3d4c",
      false,
    ],
    [
      "not about one with its workspace mounted",
      { ...ours, "manyoyo.image": "b:1", "manyoyo.workspace": "/src" },
      "web",
      "b:1",
      false,
    ],
    [
      "about one with another workspace on record",
      { ...ours, "manyoyo.image": "b:1", "manyoyo.workspace": "/other" },
      "web",
      "b:1",
      true,
    ],
    ["about every session of the original tool", legacy, "web", image, true],
    ["about one whose name is not on record", { "manyoyo.session": "u" }, "web", image, true],
  ] satisfies [string, Labels, string, string, boolean][])("%s", (_what, labels, name, of, expected) => {
    expect(doubtful({ labels, name, image: of, binds: ["/src"] })).toBe(expected);
  });
});

describe("labels are the container's own", () => {
  test.each([
    ["when the image has none", ours, {}, true],
    ["when the image is a copy of another session", ours, { ...ours, "manyoyo.session": "uuid-0" }, true],
    ["not when the image has the same uuid", ours, ours, false],
    ["for the original tool: when the image has no first command", legacy, {}, true],
    ["for the original tool: not when the image has the same one", legacy, legacy, false],
    ["for the original tool: when the image has another one", legacy, { "manyoyo.default_cmd": "x" }, true],
    ["never without any", {}, {}, false],
  ] satisfies [string, Labels, Labels, boolean][])("%s", (_what, labels, ofImage, expected) => {
    expect(ownLabels(labels, ofImage)).toBe(expected);
  });
});

describe("the labels that count", () => {
  test("are all of a session's, and the first command alone of one that the original tool made", () => {
    expect(countingLabels(ours)).toEqual(ours);
    const { "manyoyo.session": _, ...others } = ours;
    expect(countingLabels({ ...others, "manyoyo.workspace": "/home/ann/.ssh" })).toEqual(legacy);
    expect(countingLabels({ "manyoyo.name": "web" })).toEqual({});
  });
});

describe("where its image is gone, a container is a session", () => {
  const mounted = { ...ours, "manyoyo.workspace": "/src" };
  test.each([
    ["with its name and its workspace", mounted, ["/x", "/src"], true],
    ["not under another name", { ...mounted, "manyoyo.name": "other" }, ["/src"], false],
    ["not without its workspace", mounted, ["/x"], false],
    ["not without any mount", mounted, [], false],
    ["of the original tool with any mount", legacy, ["/src"], true],
    ["not of the original tool without one", legacy, [], false],
  ] satisfies [string, Labels, string[], boolean][])("%s", (_what, labels, binds, expected) => {
    expect(ownWithoutImage(labels, "web", binds)).toBe(expected);
  });
});
