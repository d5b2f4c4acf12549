import type { Environment } from './environment.js';

/** How many rooms there may be, and when they end. */
export interface RoomsConfig {
  /** How often each node says which rooms somebody is in, and one node looks for those that are to end. */
  readonly checkMs: number;
  /** A room that a token's grant made ends when it was empty for so long; 0: never. */
  readonly grantedEmptySeconds: number;
  readonly maxOwned: number;
  /** Rooms there are at a time that one user's grants made. */
  readonly maxGranted: number;
}

/** How long what only grows is kept. */
export interface RetentionConfig {
  readonly auditDays: number;
  readonly auditMaxRows: number;
  /** Longer than any token lives: a token from before a removal must not count again. */
  readonly removalDays: number;
  /** 0: as long as their room. */
  readonly messageDays: number;
}

/** The settings of how much is kept, and for how long. */
export const retention = (env: Environment): { readonly rooms: RoomsConfig; readonly retention: RetentionConfig } => ({
  rooms: {
    checkMs: env.ROOM_CHECK_MS,
    grantedEmptySeconds: env.GRANTED_ROOM_EMPTY_DAYS * 86_400,
    maxOwned: env.MAX_ROOMS_PER_USER,
    maxGranted: env.MAX_GRANTED_ROOMS_PER_USER,
  },
  retention: {
    auditDays: env.AUDIT_DAYS,
    auditMaxRows: env.AUDIT_MAX_ROWS,
    removalDays: env.REMOVAL_DAYS,
    messageDays: env.MESSAGE_DAYS,
  },
});
