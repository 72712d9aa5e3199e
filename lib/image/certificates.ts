import { Failure } from "../failure.ts";
import { readBytes, reason } from "../settings/files.ts";

/**
 * The certificates in a file, and nothing else of it.
 * @throws Failure `usage` when it cannot be read or has none.
 */
export function certificatesIn(path: string): string {
  const text = read(path);
  const blocks = text.match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END (?:TRUSTED )?CERTIFICATE-----/g,
  );
  if (blocks !== null) return `${blocks.join("\n")}\n`;
  throw new Failure("usage", `There is no certificate in ${path}.`, "Give a file in PEM form.");
}

function read(path: string): string {
  try {
    return readBytes(path).toString("latin1");
  } catch (error) {
    throw new Failure("usage", `The certificates ${path} cannot be read: ${reason(error)}.`);
  }
}

/** The file that this machine's programs take their certificates from, where a variable names one. */
export function usualBundle(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env["SSL_CERT_FILE"] || env["NODE_EXTRA_CA_CERTS"] || undefined;
}
