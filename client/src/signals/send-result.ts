import type { ErrorCode } from '@parley/protocol';

/**
 * What became of a signal. Exactly one of these, within 45 s:
 * - `delivered`: the other side's `signal` listeners were called with it, once, in order.
 * - `rejected`: they never were and never will be. `queue_full`: too many were waiting, it was not even sent.
 * - `peer_gone`: the receiving peer is over for good.
 * - `unknown`: it may or may not have arrived. `timeout`: one side could not reach the service for 45 s.
 *   `session_ended`: the own session ended while it was under way (left, closed, or away for too long).
 */
export type SendResult =
  | { readonly result: 'delivered' }
  | { readonly result: 'rejected'; readonly code: ErrorCode | 'queue_full' }
  | { readonly result: 'peer_gone' }
  | { readonly result: 'unknown'; readonly why: 'timeout' | 'session_ended' };
