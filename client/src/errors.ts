import { ERRORS, type ErrorCode, type ErrorMessage } from '@parley/protocol';

/**
 * The code of a {@link ParleyError}: any code of the protocol, and five of the SDK's own: `closed` (the client or the
 * room is closed), `timeout` (no reply within 45 s, or no token within `tokenTimeoutMs`), `network` (the server could not be reached), `denied` (a moderator
 * declined the request to join), `cancelled` (the application aborted it).
 */
export type ParleyErrorCode = ErrorCode | 'closed' | 'timeout' | 'network' | 'denied' | 'cancelled';

const OWN = {
  closed: { retryable: false, message: 'The client or the room is closed.' },
  timeout: { retryable: true, message: 'The server did not reply in time.' },
  network: { retryable: true, message: 'The server could not be reached.' },
  denied: { retryable: true, message: 'A moderator declined your request.' },
  cancelled: { retryable: true, message: 'The request was cancelled.' },
} as const;

const definitionOf = (code: ParleyErrorCode): { retryable: boolean; message: string } =>
  code in OWN
    ? OWN[code as keyof typeof OWN]
    : // A newer server may know codes that this version does not.
      (ERRORS[code as ErrorCode] ?? { retryable: false, message: `The server replied ${code}.` });

/** What is known about a connection attempt that failed: `attempt` of a {@link ParleyError}. */
export interface FailedAttempt {
  /** How many attempts have failed in a row, this one included. */
  readonly count: number;
  /** Close code of the WebSocket (RFC 6455 §7.4); 1006 if it never opened, or got no `welcome` within 10 s. */
  readonly closeCode: number;
  /** Whether the WebSocket opened. False: nothing answered, or the upgrade was refused. */
  readonly opened: boolean;
  /** HTTP status of a refused upgrade. Known with the package `ws` only: browsers hide it from scripts. */
  readonly status?: number;
  /**
   * Whether the server answered a plain HTTP request after an upgrade that failed without a known status. True: it
   * refused the upgrade, typically because of the page's origin or the path of `url`. False: nothing answered, or the
   * browser blocked the request. Absent: not checked; it is for the first failed attempt in a row, and every tenth.
   */
  readonly reachable?: boolean;
}

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
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** Time to wait before the next attempt, in milliseconds; undefined if the server named none. */
  readonly retryAfterMs: number | undefined;
  /** For a failed connection attempt: what is known about it. */
  readonly attempt: FailedAttempt | undefined;

  constructor(
    /** Stable code for programs; `message` is for humans. */
    readonly code: ParleyErrorCode,
    message: string = definitionOf(code).message,
    options: {
      readonly retryAfterMs?: number | undefined;
      readonly attempt?: FailedAttempt | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = definitionOf(code).retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.attempt = options.attempt;
  }
}

/** @internal The error of an `error` frame. */
export const errorOf = (frame: ErrorMessage): ParleyError =>
  new ParleyError(frame.code, frame.message, { retryAfterMs: frame.retryAfterMs });

/** @internal Anything thrown, as a ParleyError. */
export const asParleyError = (error: unknown, code: ParleyErrorCode): ParleyError =>
  error instanceof ParleyError
    ? error
    : new ParleyError(code, error instanceof Error ? error.message : String(error), { cause: error });
