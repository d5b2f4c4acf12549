/**
 * The close codes that a Parley server sends (RFC 6455 §7.4). 4000–4499: reconnect with backoff; 4500–4999: do not
 * reconnect. Of the standard codes, only 1009 (frame too large, §7.4.1) means "do not reconnect".
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
  tokenInUrl: 4502,
  forbidden: 4503,
  superseded: 4509,
  revoked: 4510,
  binaryNotSupported: 4515,
} as const;

/** One of {@link CLOSE_CODES}. */
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** Whether a client should reconnect, with backoff, after a socket was closed with this code. */
export const shouldReconnect = (code: number): boolean => code < 4500 && code !== 1009;
