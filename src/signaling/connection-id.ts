import { randomFillSync } from 'node:crypto';
import type { ConnectionId } from '@parley/protocol';

const BYTES = 12;
/** Asked of the system at once: a call for each socket was one fortieth of what a newcomer costs. */
const pool = Buffer.alloc(512 * BYTES);
let used = pool.length;

/** A name for one socket that no other ever has: 96 random bits. It is no secret. */
export const newConnectionId = (): ConnectionId => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES;
  return pool.toString('base64url', used - BYTES, used) as ConnectionId;
};
