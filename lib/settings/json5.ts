import JSON5 from "json5";

// A string, or else a comment.
const parts = /("(?:\\[\s\S]?|[^"\\])*(?:"|$)|'(?:\\[\s\S]?|[^'\\])*(?:'|$))|\/\/.*|\/\*[\s\S]*?\*\//g;

/**
 * The value of a JSON5 text.
 * @throws a SyntaxError
 */
export function parseJson5(text: string): unknown {
  // JSON5 itself would warn of a bare U+2028 in a string, on stderr and in words that are not ours.
  return JSON5.parse(/[\u2028\u2029]/.test(text) ? text.replace(parts, escaped) : text);
}

function escaped(part: string, string: string | undefined): string {
  if (string === undefined) return part;
  return string.replace(/\\[\s\S]|[\u2028\u2029]/g, (sign) =>
    sign.length > 1 ? sign : `\\u${sign.charCodeAt(0).toString(16)}`,
  );
}
