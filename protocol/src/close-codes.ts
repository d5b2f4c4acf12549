/**
 * The codes that Parley closes a socket with. 4000–4499: come back, with backoff. 4500–4999: do not.
 * Beside these: 1009 (frame too large, RFC 6455 §7.4.1), do not; any other, come back.
 */
export const CLOSE_CODES = {
  serviceRestart: 1012,
  tokenExpired: 4001,
  heartbeatTimeout: 4002,
  slowConsumer: 4003,
  helloTimeout: 4004,
  unavailable: 4005,
  rateLimited: 4029,
  badMessage: 4500,
  tokenInvalid: 4501,
  forbidden: 4503,
  superseded: 4509,
  revoked: 4510,
  binaryNotSupported: 4515,
} as const;

/** One of {@link CLOSE_CODES}. */
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** True when a client should connect again, with backoff, after a socket closed with this code. */
export const shouldReconnect = (code: number): boolean => code < 4500 && code !== 1009;
