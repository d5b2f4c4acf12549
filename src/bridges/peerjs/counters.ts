/** What the bridge counts beside the frame's own. */
export type PeerjsCounters = {
  joins: number;
  /** Ids that somebody else has. */
  taken: number;
  /** Keys and tokens that do not count. */
  refused: number;
  /** Frames between clients. */
  relayed: number;
  /** Senders that were told that a peer does not come. */
  expired: number;
  /** Frames that are none, which are dropped. */
  badFrames: number;
  /** Frames for a reader who is too slow. */
  lost: number;
};

export const emptyPeerjsCounters = (): PeerjsCounters => ({
  joins: 0,
  taken: 0,
  refused: 0,
  relayed: 0,
  expired: 0,
  badFrames: 0,
  lost: 0,
});
