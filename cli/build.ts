import { answerJson } from "./print.ts";

/**
 * Tells as one JSON document what this executable was built from and for; its exit status. Never throws: it is asked
 * before anything else is loaded.
 */
export async function tellBuild(): Promise<number> {
  try {
    answerJson({
      version: MANYOYO_VERSION,
      commit: MANYOYO_COMMIT === "" ? null : MANYOYO_COMMIT,
      bun: Bun.version,
      target: MANYOYO_TARGET,
    });
    return 0;
  } catch (thrown) {
    const { report } = await import("./report.ts");
    return report(thrown, true);
  }
}
