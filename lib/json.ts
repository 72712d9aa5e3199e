/** What a JSON text says; `undefined` where it is no JSON at all. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
