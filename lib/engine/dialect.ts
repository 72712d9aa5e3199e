import { label } from "../session/labels.ts";
import type { EngineName } from "../settings/values.ts";

/** Where the two engines differ: one row each, with both real messages beside a pattern. */
export interface Dialect {
  /** The oldest version that can make sessions: docker's is the first to know `--pull never`, podman's `volume-opt`. */
  readonly oldest: string;
  /** Words of `exec` that free the detach keys, so that Ctrl-P reaches the agent. */
  readonly detachKeys: readonly string[];
  /** Words of `run` for a container log that is kept and bounded. */
  readonly log: readonly string[];
  /**
   * Words of `run` and `create` for an image that asks for volumes: none is made for that. podman alone writes a container's
   * nameless volumes into the image that is saved of it.
   */
  readonly noImageVolumes: readonly string[];
  /**
   * Words of `commit`. podman tells of its progress, and when nobody reads that any more, as this call was killed, it dies of it
   * and leaves a copy of all files in its temporary folder.
   */
  readonly commit: readonly string[];
  /** Words that remove a container and its anonymous volumes at once. */
  readonly remove: readonly string[];
  /** Words of `ps` after the filters, without and with sizes. */
  readonly listFormat: readonly string[];
  readonly sizedListFormat: readonly string[];
  /** Statuses of `exec` that are the engine's own as well as a command's. */
  readonly ownStatuses: readonly number[];
  /** How its daemon or service is started. */
  readonly startHint: string;
  readonly noSuchContainer: RegExp;
  /** A container is not running any more, or is just being removed, as another call ends it. */
  readonly beingEnded: RegExp;
  readonly noSuchImage: RegExp;
  readonly noSuchVolume: RegExp;
  /** A volume that is only to be mounted where it is there is not (see `standingWords`). */
  readonly volumeGone: RegExp;
  /** What `cp` copies out of a container is not there. */
  readonly noSuchPath: RegExp;
  /** Words that ask where its program keeps temporary files; undefined where it keeps none. */
  readonly temporaryFolder: readonly string[] | undefined;
  /** Words of `cp` that leave every file to the owner that the archive names. */
  readonly copyIn: readonly string[];
  /** The first version whose `cp` does no harm where its container is removed meanwhile (see `held`); undefined: all. */
  readonly safeCopies: number | undefined;
  /** Whether `cp` works inside the container, so that no program in there can lead it out. */
  readonly copiesInside: boolean;
  readonly nameTaken: RegExp;
  /** The next step where a name is taken by a container that is not there, as a machine went down in the midst of making it. */
  readonly freeName: (name: string) => string;
  readonly down: RegExp;
  readonly noPermission: RegExp;
  /** The image has no /bin/sh. */
  readonly noShell: RegExp;
  /** A bind mount's source, which the group holds, is not there. */
  readonly noSource: RegExp;
}

// One JSON object a line. docker's own `json` format has all labels in one string, whose commas part nothing safely; asked
// for one by one they are exact. A label that is not there is "".
const listedLabels = [
  label.session,
  label.firstCommand,
  label.args,
  label.agent,
  label.folder,
  label.image,
  label.name,
  label.user,
];
const listedFields = [
  '"id":{{json .ID}}',
  '"name":{{json .Names}}',
  '"status":{{json .State}}',
  '"created":{{json .CreatedAt}}',
  '"told":{{json .Status}}',
  '"image":{{json .Image}}',
  '"mounts":{{json .Mounts}}',
  `"labels":{${listedLabels.map((key) => `"${key}":{{json (.Label "${key}")}}`).join(",")}}`,
];
const dockerLine = `{${listedFields.join(",")}}`;
// docker measures as soon as a format asks for the size.
const sizedDockerLine = `{${[...listedFields, '"size":{{json .Size}}'].join(",")}}`;

const dialects: Readonly<Record<EngineName, Dialect>> = {
  docker: {
    oldest: "20.10",
    // docker takes no empty value and can name control keys only: NUL first, as Ctrl-Space alone is held back until the
    // next key, which nobody sees; the rest is never typed.
    detachKeys: ["--detach-keys", "ctrl-@,ctrl-^,ctrl-@,ctrl-_,ctrl-@,ctrl-^"],
    log: ["--log-driver", "local", "--log-opt", "max-size=10m"],
    noImageVolumes: [],
    commit: ["commit"],
    remove: ["rm", "--force", "--volumes"],
    listFormat: ["--format", dockerLine],
    sizedListFormat: ["--size", "--format", sizedDockerLine],
    ownStatuses: [1, 125, 126, 127, 137, 255],
    startHint: "Start it, for example: systemctl start docker; or use podman: --engine podman.",
    // Error: No such container: X; You cannot commit container X which is Dead (or: being removed)
    noSuchContainer: /no such (container|object)|cannot commit container \S+ which is (dead|being removed)/i,
    // container X is not running; removal of container X is already in progress; container is marked for removal and cannot
    // be started
    beingEnded:
      /container \S+ is not running|removal of container \S+ is already in progress|marked for removal/i,
    // docker: Error response from daemon: No such image: X
    noSuchImage: /no such image/i,
    // Error: No such volume: X; Error response from daemon: get X: no such volume
    noSuchVolume: /no such volume/i,
    // docker: Error response from daemon: create X: invalid option: "manyoyo"
    volumeGone: /invalid option: "?manyoyo/i,
    // Error response from daemon: Could not find the file /x in container Y
    noSuchPath: /could not find the file|no such container:path/i,
    temporaryFolder: undefined,
    copyIn: ["cp", "-"],
    // From 24 or 25 on it works in a mount namespace of its own (daemon/containerfs_linux.go).
    safeCopies: 25,
    copiesInside: false,
    // Conflict. The container name "/X" is already in use by container
    nameTaken: /name "\/?[^"]*" is already in use/i,
    // Its daemon forgets such names when it starts.
    freeName: () => "Start docker again, for example: systemctl restart docker",
    // Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?
    // error during connect: ... connection refused; context "x": context not found is another matter
    down: /cannot connect to the docker daemon|is the docker daemon running|error during connect|failed to connect to the docker api/i,
    // Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
    noPermission: /permission denied while trying to connect/i,
    // OCI runtime create failed: ... exec: "/bin/sh": stat /bin/sh: no such file or directory
    noShell: /exec: "\/bin\/sh".*no such file|"\/bin\/sh": executable file not found/i,
    // invalid mount config for type "bind": bind source path does not exist: /x.
    noSource: /bind source path does not exist: (.*?)\.?$/im,
  },
  podman: {
    oldest: "4.1",
    detachKeys: ["--detach-keys", ""],
    log: ["--log-driver", "k8s-file", "--log-opt", "max-size=10mb"],
    noImageVolumes: ["--image-volume", "ignore"],
    commit: ["commit", "--quiet"],
    remove: ["rm", "--force", "--volumes", "--time", "0"],
    listFormat: ["--format", "json"],
    sizedListFormat: ["--size", "--format", "json"],
    ownStatuses: [125, 126, 127, 137, 255],
    startHint: "Start it, for example: podman machine start; or use docker: --engine docker.",
    // Error: no container with name or ID "X" found: no such container
    noSuchContainer: /no such container|no container with name or id/i,
    // can only create exec sessions on running containers: container state improper; container X is in "removing" state
    beingEnded:
      /container state improper|in "?(removing|stopping)"? state|container has already been removed/i,
    // Error: X: image not known
    noSuchImage: /image not known|no such image/i,
    // Error: inspecting object: no such volume X; Error: no volume with name "X" found: no such volume; and where two others
    // begin with that name: Error: inspecting volume X: more than one result for volume name "X": volume already exists
    noSuchVolume: /no such volume|more than one result for volume name/i,
    // Error: creating named volume "X": invalid mount option manyoyo for driver 'local': invalid argument; and as it goes just
    // then: no volume with name X found in database when adding container Y: no such volume
    volumeGone: /invalid mount option manyoyo |no volume with name \S+ found in database when adding/i,
    // Error: "/x" could not be found on container Y: no such file or directory
    noSuchPath: /could not be found on container/i,
    temporaryFolder: ["info", "--format", "{{.Store.ImageCopyTmpDir}}"],
    copyIn: ["cp", "--archive=false", "-"],
    safeCopies: undefined,
    copiesInside: true,
    // the container name "X" is already in use by 0a1b...; where two take it at once: name "X" is in use: container already exists
    nameTaken: /container name "[^"]*" is already in use|name "[^"]*" is in use: container already exists/i,
    // Also of its storage alone: creating container storage: the container name "X" is already in use by 0a1b...
    freeName: (name) => `Free that name: podman rm --force ${name}`,
    // Cannot connect to Podman. Please verify your connection to the Linux system
    down: /cannot connect to podman|unable to connect to podman/i,
    noPermission: /dial unix .*permission denied/i,
    // runc: exec: "/bin/sh": stat /bin/sh: no such file or directory; crun: executable file `/bin/sh` not found
    // Error: statfs /x: no such file or directory
    noSource: /^Error: statfs (.*): no such file or directory$/im,
    noShell: /exec: "\/bin\/sh".*no such file|executable file [`']\/bin\/sh[`'] not found/i,
  },
};

/** The row of an engine. */
export function dialect(name: EngineName): Dialect {
  return dialects[name];
}
