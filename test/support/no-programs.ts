/** Words that no program of an image is called by, though a shell, or a text of ours that one runs, knows the first of them. */
export const noPrograms: readonly (readonly string[])[] = [
  ["exit", "5"],
  ["eval", "id; echo two"],
  ["set", "--", "false"],
  ["exec", "false"],
  ["cd", "/"],
  ["trap"],
  ["unable", "130"],
  ["A=b", "id"],
  ["-a", "name", "id"],
];
