/** What a presence adapter has done since it was made, for the metrics. */
export interface PresenceStats {
  /** Operations asked of the store. */
  commands: number;
  /** Operations that ended in `PresenceUnavailable`. */
  failures: number;
}

export const emptyPresenceStats = (): PresenceStats => ({ commands: 0, failures: 0 });
