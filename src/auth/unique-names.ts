/** A string with the colon that makes it a name, or a bracket. Valid JSON has no quotation mark outside a string. */
const STRING_OR_BRACKET = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/**
 * Whether an object in a JSON text has a name twice, at any depth. `JSON.parse` keeps the last value and other parsers
 * the first, so that one token could mean two things (RFC 7519 §4, RFC 8259 §4).
 * @param json valid JSON
 */
export const hasDuplicateNames = (json: string): boolean => {
  const objects: Set<string>[] = [];
  for (const [found, text, colon] of json.matchAll(STRING_OR_BRACKET)) {
    if (found === '{' || found === '[') objects.push(new Set());
    else if (found === '}' || found === ']') objects.pop();
    else if (text !== undefined && colon !== undefined) {
      // Parsed: "a" and "\u0061" are the same name.
      const name = JSON.parse(text) as string;
      const names = objects.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
};
