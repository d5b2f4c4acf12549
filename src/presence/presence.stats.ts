/** Counters of a presence adapter since the start, for the metrics. */
export interface PresenceStats {
  /** Operations requested of the store. */
  commands: number;
  /** Operations that ended in `PresenceUnavailable`. */
  failures: number;
}

export const emptyPresenceStats = (): PresenceStats => ({ commands: 0, failures: 0 });
