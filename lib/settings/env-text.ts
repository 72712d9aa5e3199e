import type { EnvValue } from "./env.ts";

/** Variables as an env file, so that `parseEnvFile` gives back the same ones. Pure. */
export function envFileText(values: readonly EnvValue[], heading: readonly string[]): string {
  return [
    ...heading.map((line) => `# ${line.replace(/[\n\r]+/g, " ")}`),
    ...values.map(({ name, value }) => `${name}=${word(value)}`),
    "",
  ].join("\n");
}

function word(value: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]*$/.test(value)) return value;
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}
