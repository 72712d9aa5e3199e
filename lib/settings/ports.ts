import { Failure } from "../failure.ts";
import { quoted } from "./values.ts";

const pattern = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(?:([\d-]*):)?(\d+(?:-\d+)?)(?:\/(.*))?$/;
const protocols = ["tcp", "udp", "sctp"];
const local = "127.0.0.1";

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * docker's `-p` [[ADDRESS:]HOST:]CONTAINER[/PROTOCOL], ranges included, in its full spelling: bound to 127.0.0.1 unless the
 * word gives an address, since docker's own default offers the port to the whole network past the host's firewall.
 * Throws Failure("usage").
 */
export function parsePort(word: string): string {
  const [, six, four, host, container, protocol] = full(word);
  const address = parseAddress(six, four, word);
  const inside = parseRange(container ?? "", word);
  const outside = host === undefined || host === "" || host === "0" ? undefined : parseRange(host, word);
  if (inside.first === 0) throw refused(word, "asks for port 0 in the container");
  if (outside !== undefined && inside.first !== inside.last && size(outside) !== size(inside)) {
    throw refused(word, "has two ranges of different sizes");
  }
  const kind = protocol?.toLowerCase();
  if (kind !== undefined && !protocols.includes(kind))
    throw refused(word, "ends in a protocol other than tcp, udp, sctp");
  return `${address}:${outside === undefined ? "" : host}:${container}${kind === undefined ? "" : `/${kind}`}`;
}

/** Whether a port in its full spelling can be reached from this machine alone. */
export function isLocal(port: string): boolean {
  const [, six, four = ""] = pattern.exec(port) ?? [];
  return six === undefined ? four.startsWith("127.") : new URL(`http://[${six}]/`).hostname === "[::1]";
}

/** `A:B` is HOST:CONTAINER unless there is one colon more; the pattern alone would read A as an address. */
function full(word: string): readonly (string | undefined)[] {
  const colons = word.replace(/^\[[^\]]*\]/, "").split(":").length - 1;
  const found = pattern.exec(colons === 1 && !word.startsWith("[") ? `${local}:${word}` : word);
  const [, six, , host] = found ?? [];
  // docker does not know ADDRESS:CONTAINER; without this, only the bracketed spelling of it would pass.
  if (found === null || (six !== undefined && host === undefined))
    throw refused(word, "is not [[ADDRESS:]HOST:]CONTAINER");
  return found;
}

function parseAddress(six: string | undefined, four: string | undefined, word: string): string {
  if (six !== undefined) {
    if (URL.canParse(`http://[${six}]/`)) return `[${six}]`;
    throw refused(word, "has something else than an IPv6 address in its brackets");
  }
  if (four === undefined || four === "" || four === "localhost") return local;
  if (isAddress(four)) return four;
  throw refused(word, "begins with something else than an address");
}

/** node:net knows it too, but costs more to load than all of this. */
function isAddress(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

function parseRange(text: string, word: string): Range {
  const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (from === undefined) throw refused(word, "has a port that is not a number");
  const first = Number(from);
  const last = to === undefined ? first : Number(to);
  if (last > 65535 || first > 65535) throw refused(word, "has a port above 65535");
  if (last < first) throw refused(word, "has a range that ends before it begins");
  return { first, last };
}

function size(range: Range): number {
  return range.last - range.first;
}

function refused(word: string, why: string): Failure {
  return new Failure(
    "usage",
    `The port ${quoted(word)} ${why}.`,
    "Write it as 8080:80, 80, 0.0.0.0:8080:80 or 53:53/udp.",
  );
}
