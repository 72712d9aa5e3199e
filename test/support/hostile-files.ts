import JSON5 from "json5";
import { again, type Chance, mutatedJson, mutatedText, nastyWord } from "./hostile.ts";

/** A profile that is right. */
export const profile = {
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
/** What else a manyoyo.json may hold. */
export const shared = {
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

/** The text of a settings file that began as this value. */
export function hostileSettings(chance: Chance, proper: unknown): string {
  const value = again(chance, 3, proper, (each) => mutatedJson(chance, each));
  const text = chance.once(2) ? (JSON.stringify(value) ?? "") : (JSON5.stringify(value, undefined, 1) ?? "");
  return chance.once(2) ? text : again(chance, 3, text, (each) => mutatedText(chance, each));
}

const proper = `# a comment
export TZ=Asia/Shanghai
LANG
A='literal $x'
B="two
lines \\n \\"quoted\\""
C=plain # no comment
_D9=
`;

/** The text of an env file. */
export function hostileEnvFile(chance: Chance): string {
  const text = again(chance, 6, proper, (each) => mutatedText(chance, each));
  return chance.once(6) ? text.replace("export", nastyWord(chance)) : text;
}
