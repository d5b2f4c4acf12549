/** Maximum errors of a chain of causes that are described. */
const MAX_CAUSES = 5;

/**
 * Describes an error and its causes for the log: names, messages and stack frames. Values of query parameters, which
 * may be secret, are left out. Every error is logged through this function.
 */
export const describeFault = (error: unknown): string => {
  const lines: string[] = [];
  let cause: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && cause !== undefined; depth += 1) {
    lines.push(depth === 0 ? describe(cause) : `caused by ${describe(cause)}`);
    cause = isError(cause) ? cause.cause : undefined;
  }
  return lines.join('\n');
};

const describe = (error: unknown): string => {
  if (!isError(error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [`${error.name}: ${messageOf(error)}`, ...frames].join('\n');
};

const messageOf = (error: Error & Partial<{ query: unknown; code: unknown; severity: unknown }>): string => {
  // Drizzle puts the parameters into the message of a failed query.
  if (typeof error.query === 'string') return `Failed query: ${error.query}`;
  // PostgreSQL quotes the value in data exceptions (class 22 of its error codes).
  const isDataException = typeof error.severity === 'string' && String(error.code).startsWith('22');
  return isDataException ? `PostgreSQL error ${error.code}` : error.message;
};

/** Checks by shape, because `instanceof` fails for errors of another realm, such as Jest's. */
const isError = (error: unknown): error is Error =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
