import { label } from "../session/labels.ts";

/** The labels by which an image of ours is known. Images that others make from one inherit them; see `isOwn`. */
export const imageLabel = {
  /** What it is: `agents` for one that sessions are made from, `tools` and `base` for what that one is made from, `session` for one with a session's files. */
  part: label.part,
  /** The number of the Dockerfile that made it. */
  number: "manyoyo.image.number",
  variant: "manyoyo.image.variant",
  /** The agents' exact versions, as JSON: `{"claude":"2.1.330"}`. */
  agents: "manyoyo.image.agents",
  node: "manyoyo.image.node",
  npm: "manyoyo.image.npm",
  /** What it was made from: the image of the tools, and the base. */
  tools: "manyoyo.image.tools",
  base: "manyoyo.image.base",
  /** Its name when it was made. */
  name: "manyoyo.image.name",
  /** The build that made it, a uuid: the last thing that its history tells. */
  build: "manyoyo.image.build",
  /** The same on what only the build itself needs. */
  stage: "manyoyo.image.stage",
} as const;

export const imageParts = ["agents", "tools", "base", "session"] as const;

export type ImagePart = (typeof imageParts)[number];
