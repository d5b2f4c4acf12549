import type { Member } from '../presence.js';

/** A member as the memory adapter keeps it. Times are milliseconds of the store's clock. */
export interface Stored {
  member: Member;
  attempt: number;
  /** When it was attached last. */
  since: number;
  /** When an `away` member is ended. */
  deadline: number;
}
