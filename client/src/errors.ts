import { ERRORS, type ErrorCode, type ErrorMessage } from '@parley/protocol';

/**
 * Every code of the protocol's table of errors, and five of the SDK's own:
 * `closed` (the client or the room is over), `timeout` (no answer within 45 s), `network` (the service was not reached),
 * `denied` (a moderator did not let this client in), `cancelled` (the application does not want it any more).
 */
export type ParleyErrorCode = ErrorCode | 'closed' | 'timeout' | 'network' | 'denied' | 'cancelled';

const OWN = {
  closed: { retryable: false, message: 'This is closed.' },
  timeout: { retryable: true, message: 'There was no answer in time.' },
  network: { retryable: true, message: 'The service could not be reached.' },
  denied: { retryable: true, message: 'Nobody let you in.' },
  cancelled: { retryable: true, message: 'This was cancelled.' },
} as const;

const definitionOf = (code: ParleyErrorCode): { retryable: boolean; message: string } =>
  code in OWN
    ? OWN[code as keyof typeof OWN]
    : // A newer server may know codes that this version does not.
      (ERRORS[code as ErrorCode] ?? { retryable: false, message: `The server answered ${code}.` });

/**
 * The only error that this package throws or emits.
 *
 * @example
 * try {
 *   await client.join('daily');
 * } catch (error) {
 *   if (error instanceof ParleyError && error.code === 'room_full') showRoomFull();
 *   else throw error;
 * }
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** What the server asked to wait before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    /** A stable word to decide by; `message` is for people. */
    readonly code: ParleyErrorCode,
    message: string = definitionOf(code).message,
    options: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = definitionOf(code).retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** @internal The error that an `error` frame tells of. */
export const errorOf = (frame: ErrorMessage): ParleyError =>
  new ParleyError(frame.code, frame.message, { retryAfterMs: frame.retryAfterMs });

/** @internal Anything thrown, as a ParleyError. */
export const asParleyError = (error: unknown, code: ParleyErrorCode): ParleyError =>
  error instanceof ParleyError
    ? error
    : new ParleyError(code, error instanceof Error ? error.message : String(error), { cause: error });
