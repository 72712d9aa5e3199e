import {
  claimsToBeSession,
  countingLabels,
  isInTheMaking,
  isOnRecord,
  type Labels,
  label,
  ownLabels,
} from "../session/labels.ts";
import { isName } from "../session/names.ts";
import { agentNamed, type State, stateOf } from "../session/session.ts";
import type { Engine } from "./engine.ts";
import type { Glance } from "./glance.ts";
import { isToldImage, ownName } from "./told.ts";

/** As much of a session as a list of names shows. */
export interface Glimpse {
  readonly name: string;
  readonly state: State;
  readonly agent: string | undefined;
  readonly folder: string | undefined;
  /** Who made it, where that was written down. */
  readonly user: string | undefined;
}

interface Row {
  readonly name: string;
  readonly status: string;
  readonly image: string;
  readonly imageWord: string;
  readonly labels: Labels;
}

const wantedLabels = [
  label.session,
  label.firstCommand,
  label.agent,
  label.folder,
  label.image,
  label.name,
  label.user,
] as const;
const dockerRow = `[${["json .Names", "json .State", "json .Image", ...wantedLabels.map((key) => `json (.Label "${key}")`)].map((field) => `{{${field}}}`).join(",")}]`;

/** Asks for every container that may be a session, at once: the answer is read by `glimpses`. */
export function sessionRows(engine: Engine, { ask }: Glance): Promise<string | undefined> {
  const format = engine.name === "docker" ? dockerRow : "json";
  const filter = `label=${label.firstCommand}`;
  return ask(["ps", "--all", "--no-trunc", "--filter", filter, "--format", format]);
}

/**
 * Every session of the engine, by one narrow call; a further one for each image whose containers may have copied labels.
 * None when it does not answer in time. Never throws.
 */
export async function glimpses(
  engine: Engine,
  glance: Glance,
  asked = sessionRows(engine, glance),
): Promise<readonly Glimpse[]> {
  const text = await asked;
  const rows = readRows(engine, text ?? "").filter(
    // What cannot be a session's name could only come from something that is no engine.
    ({ name, labels }) => isName(name) && claimsToBeSession(labels) && !isInTheMaking(labels, name),
  );
  // A name that is only offered may be believed sooner: whatever is done with it looks closer.
  const isDoubtful = ({ labels, name, image }: Row): boolean => !isOnRecord(labels, name, image);
  const images = [...new Set(rows.filter(isDoubtful).map(({ imageWord }) => imageWord))];
  const ofImages = new Map(
    await Promise.all(images.map(async (image) => [image, await imageLabels(glance, image)] as const)),
  );
  const ours = rows.filter(
    (row) => !isDoubtful(row) || ownLabels(row.labels, ofImages.get(row.imageWord) ?? row.labels),
  );
  return ours.map(({ name, status, labels }) => ({
    name,
    state: stateOf(status),
    agent: agentNamed(labels),
    folder: labels[label.folder],
    user: labels[label.user],
  }));
}

/** An image's labels; undefined when it is not known which they are. */
async function imageLabels({ ask }: Glance, image: string): Promise<Labels | undefined> {
  if (!isToldImage(image)) return undefined;
  const text = await ask(["image", "inspect", "--format", "{{json .Config.Labels}}", image]);
  const [labels] = text === undefined ? [] : readLines(text);
  return text === undefined ? undefined : textsIn(labels);
}

function readRows({ name }: Engine, text: string): readonly Row[] {
  return name === "docker"
    ? readLines(text).flatMap(dockerRowOf)
    : readLines(text, true).flatMap(podmanRowOf);
}

function dockerRowOf(line: unknown): readonly Row[] {
  if (!Array.isArray(line)) return [];
  const [name = "", status = "", image = "", ...values] = line.map(String);
  // docker's template has "" for a label that is not there.
  const labels = wantedLabels.map((key, at) => [key, values[at] ?? ""] as const);
  return [
    {
      name: ownName(name),
      status,
      image,
      imageWord: image,
      labels: countingLabels(Object.fromEntries(labels.filter(([, value]) => value !== ""))),
    },
  ];
}

function podmanRowOf(entry: unknown): readonly Row[] {
  const { Names, State, Image, ImageID, Labels } = mapOf(entry);
  const [name] = Array.isArray(Names) ? Names : [];
  return [
    {
      name: String(name),
      status: String(State),
      image: String(Image),
      imageWord: String(ImageID),
      labels: countingLabels(textsIn(Labels)),
    },
  ];
}

/** The JSON values of a text: one a line, or those of one list. None where it is something else. */
function readLines(text: string, list = false): readonly unknown[] {
  try {
    const trimmed = text.trim();
    const values: unknown = JSON.parse(list ? trimmed || "[]" : `[${trimmed.replaceAll("\n", ",")}]`);
    return Array.isArray(values) ? values : [];
  } catch {
    return [];
  }
}

function mapOf(
  value: unknown,
): Readonly<Partial<Record<"Names" | "State" | "Image" | "ImageID" | "Labels", unknown>>> {
  return typeof value === "object" && value !== null ? value : {};
}

function textsIn(value: unknown): Labels {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry) => typeof entry[1] === "string"));
}
