import { DrizzleQueryError } from 'drizzle-orm';

/** Describes an error and its causes for the log, without values of query parameters, which may be secret. */
export const describeFault = (error: unknown): string => {
  const lines: string[] = [];
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && cause !== undefined; depth += 1) {
    lines.push(depth === 0 ? describe(cause) : `caused by ${describe(cause)}`);
    cause = isError(cause) ? cause.cause : undefined;
  }
  return lines.join('\n');
};

const describe = (error: unknown): string => {
  if (!isError(error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const message = error instanceof DrizzleQueryError ? `Failed query: ${error.query}` : error.message;
  return [`${error.name}: ${message}`, ...frames].join('\n');
};

/** Checks by shape: the system's errors may be of another realm. */
const isError = (error: unknown): error is Error =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
