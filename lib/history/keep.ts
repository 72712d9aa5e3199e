import { agents } from "../agents/known.ts";
import type { OwnVolume } from "../engine/volumes.ts";
import { label } from "../session/labels.ts";
import { keptPlace, type Make, type Store } from "../session/make.ts";

/** The volume in which the conversations of the sessions of that name are kept. */
export function keptVolume(name: string, user = ""): OwnVolume {
  return {
    name: `manyoyo-history-${name}`,
    labels: { [label.history]: name, ...(user === "" ? {} : { [label.user]: user }) },
    marks: [label.history],
  };
}

/** That volume as a session has it. */
export function keptStore(name: string, user: string): Store {
  const { name: volume, labels } = keptVolume(name, user);
  return { volume, target: keptPlace, labels };
}

/**
 * The steps of prepare.sh that put every agent's state into the volume.
 */
export function keptSteps(): Make["prepare"] {
  return agents.flatMap(({ state }) =>
    Object.entries(state).map(([name, path]) => ["link", path, `${keptPlace}/${name}`]),
  );
}
