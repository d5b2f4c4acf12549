import type { Environment } from './environment.js';

/** Limits on rooms, and when they end. */
export interface RoomsConfig {
  /** How often each node reports its occupied rooms, and one node ends expired ones. */
  readonly checkMs: number;
  /** How long a room that a token's grant created may be empty before it ends; 0: forever. */
  readonly grantedEmptySeconds: number;
  /** Maximum number of peers of one user in one room, `away` ones included. */
  readonly maxPeersPerUser: number;
  readonly maxOwned: number;
  /** Maximum number of existing rooms that one user's grants created. */
  readonly maxGranted: number;
}

/** How long growing data is retained. */
export interface RetentionConfig {
  readonly auditDays: number;
  readonly auditMaxRows: number;
  /** Entries of one actor in one room, or outside of rooms. Without an actor, an address counts as one. */
  readonly auditMaxRowsPerActor: number;
  /** Longer than any token's lifetime: a token issued before a removal must not become valid again. */
  readonly removalDays: number;
  /** 0: as long as the room exists. */
  readonly messageDays: number;
}

/** The settings on rooms and retention. */
export const retention = (env: Environment): { readonly rooms: RoomsConfig; readonly retention: RetentionConfig } => ({
  rooms: {
    checkMs: env.ROOM_CHECK_MS,
    grantedEmptySeconds: env.GRANTED_ROOM_EMPTY_DAYS * 86_400,
    maxPeersPerUser: env.MAX_PEERS_PER_USER,
    maxOwned: env.MAX_ROOMS_PER_USER,
    maxGranted: env.MAX_GRANTED_ROOMS_PER_USER,
  },
  retention: {
    auditDays: env.AUDIT_DAYS,
    auditMaxRows: env.AUDIT_MAX_ROWS,
    auditMaxRowsPerActor: env.AUDIT_MAX_ROWS_PER_ACTOR,
    removalDays: env.REMOVAL_DAYS,
    messageDays: env.MESSAGE_DAYS,
  },
});
