import type { Member } from '../presence.js';

/** A member as the memory adapter keeps it. Times are milliseconds of the store's clock. */
export interface Stored {
  member: Member;
  attempt: number;
  /** The time of its last attach. */
  since: number;
  /** When an `away` member is ended. */
  deadline: number;
}
