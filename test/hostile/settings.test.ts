import { test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import JSON5 from "json5";
import { parseJson5 } from "../../lib/settings/json5.ts";
import { inspected } from "../support/fake.ts";
import { again, bytesOf, type Chance, mutatedJson, mutatedText } from "../support/hostile.ts";
import { onslaught } from "../support/onslaught.ts";
import { missingAnswer } from "../support/recorder.ts";

const profile = {
  containerName: "web",
  hostPath: ".",
  containerPath: "/w",
  imageName: "localhost/box",
  imageVersion: "1-common",
  containerMode: "common",
  env: { TZ: "Asia/Shanghai" },
  envFile: ["it"],
  volumes: ["~/.gitconfig:/root/.gitconfig:ro", "data:/data"],
  ports: ["8080:80"],
  engineArgs: ["--memory=1g"],
  yolo: "c",
  shellPrefix: "nice",
  shellSuffix: "--x",
  quiet: ["tip"],
};
const shared = {
  engine: "docker",
  menu: "auto",
  history: "keep",
  login: "none",
  user: "auto",
  agents: {
    aider: { command: "aider", yolo: "aider --yes", continue: ["--restore"], resume: ["--id", "{id}"] },
  },
  runs: { web: { shell: "true" } },
};

function hostileText(chance: Chance, proper: unknown): string {
  const value = again(chance, 3, proper, (each) => mutatedJson(chance, each));
  const text = chance.once(2) ? (JSON.stringify(value) ?? "") : (JSON5.stringify(value, undefined, 1) ?? "");
  return chance.once(2) ? text : again(chance, 3, text, (each) => mutatedText(chance, each));
}

/** All words that the texts name for an engine by right, and more: whatever stands in a list of that key. */
function engineArgs(...texts: readonly string[]): ReadonlySet<string> {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "engineArgs") found.push(...[inner].flat().filter((each) => typeof each === "string"));
      look(inner);
    }
  };
  for (const text of texts) {
    try {
      look(parseJson5(bytesOf(text).toString()));
    } catch {
      // No settings then.
    }
  }
  return new Set(found.map((word) => Buffer.from(word).toString()));
}

test("no manyoyo.json and no profile, however it is twisted, does harm", async () => {
  await onslaught("settings files", [60, 100_000], (chance, place) => {
    mkdirSync(join(place.home, ".manyoyo/run"), { recursive: true });
    mkdirSync(join(place.home, ".manyoyo/env"), { recursive: true });
    writeFileSync(join(place.home, ".manyoyo/env/it.env"), "A=b\n");
    const [one, other] = [hostileText(chance, { ...profile, ...shared }), hostileText(chance, profile)];
    const global = chance.once(2) ? one : "{}";
    writeFileSync(join(place.home, ".manyoyo/manyoyo.json"), bytesOf(global));
    writeFileSync(join(place.home, ".manyoyo/run/web.json"), bytesOf(other));
    place.answer({
      "container inspect": chance.once(2) ? missingAnswer : { stdout: inspected("web") },
      run: { stdout: `${"4f6a".repeat(16)}\n` },
    });
    return {
      words: chance.one(
        "-r web|-r web -x true|-r web -d|ls|config show -r web|config show --origin -r web|config command -r web|profile ls|profile ls --json|profile show web|aider|-y aider -n web|profile new two --from web|-n web -x true|complete -- -r |complete -- -y "
          .split("|")
          .map((line) => line.split(" ")),
      ),
      env: { MANYOYO_ENGINE: chance.one(["docker", "podman", ""]) },
      allowed: { engineArgs: engineArgs(global, other), privileged: `${one}${other}`.includes("dind") },
      rawOutput: true,
    };
  });
});
