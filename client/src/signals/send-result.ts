import type { ErrorCode } from '@parley/protocol';

/**
 * The result of a signal. Exactly one of these, within 45 s:
 * - `delivered`: the other side's `signal` listeners were called with it, once, in order.
 * - `rejected`: they never were and never will be. `queue_full`: too many signals were waiting, so it was not sent.
 * - `peer_gone`: the receiving peer has left permanently.
 * - `unknown`: it may or may not have arrived. `timeout`: one side could not reach the server for 45 s.
 *   `session_ended`: this client's session ended meanwhile (left, closed, or away for too long).
 */
export type SendResult =
  | { readonly result: 'delivered' }
  | { readonly result: 'rejected'; readonly code: ErrorCode | 'queue_full' }
  | { readonly result: 'peer_gone' }
  | { readonly result: 'unknown'; readonly why: 'timeout' | 'session_ended' };
