/** What a switchboard has done since it was made; read by metrics. */
export interface NameRouterStats {
  /** Messages that went to a holder. */
  sent: number;
  /** Messages that wait for a name that nobody has. */
  queued: number;
  /** Messages that went nowhere: no room, or the store or the bus is away. */
  refused: number;
  /** Senders that were told that nobody came. */
  expired: number;
  /** Claims of names that somebody else has. */
  taken: number;
  /** Claims by the owner of a name that another socket had. */
  takeovers: number;
  /** Messages between nodes that were not ours. */
  invalidMessages: number;
}

export const emptyNameRouterStats = (): NameRouterStats => ({
  sent: 0,
  queued: 0,
  refused: 0,
  expired: 0,
  taken: 0,
  takeovers: 0,
  invalidMessages: 0,
});
