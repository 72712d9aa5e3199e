/** The man page of section 1, in roff. */
export function manPage(version: string): string {
  return `.TH MANYOYO 1 "" "manyoyo ${version}"\n.SH NAME\nmanyoyo \\- AI coding agents in named docker and podman sessions\n`;
}
