/** An invalid field of a REST body. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** A failed REST request: a problem document (RFC 9457), or `network` if there was no response. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** A code of Parley's error table, `network`, or `internal` if the response was no problem document. */
    readonly code: string,
    /** HTTP status; 0 if there was no response. */
    readonly status: number,
    readonly fields: readonly FieldFault[] = [],
    /** From the header `Retry-After`, if the server sent it. */
    readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}

/** The code of a thrown value: of an {@link ApiProblem} or the SDK's error, or the name of a DOMException. */
export const codeOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    if ('name' in error && typeof error.name === 'string') return error.name;
  }
  return 'internal';
};
