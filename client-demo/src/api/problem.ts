/** A field of a REST body that was not accepted. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** A REST request that did not succeed: a problem of RFC 9457, or `network` when no answer came. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** A code of Parley's error table, `network`, or `internal` when the answer was no problem document. */
    readonly code: string,
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly fields: readonly FieldFault[] = [],
    /** From `Retry-After`, when the server named a time. */
    readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}

/** The code of anything that was thrown: an {@link ApiProblem}, the SDK's error, a DOMException's name. */
export const codeOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    if ('name' in error && typeof error.name === 'string') return error.name;
  }
  return 'internal';
};
