/** Counters of a bus since the start, for the metrics. */
export interface BusStats {
  batchesSent: number;
  messagesSent: number;
  /** Messages that were refused or lost before they left: a full batch, an unavailable bus, a failed PUBLISH. */
  messagesDropped: number;
  messagesReceived: number;
  /** Payloads that could not be decoded, see {@link file://./transport/batch.ts}. */
  invalidMessages: number;
  /** Subscriptions after the first one. */
  resubscriptions: number;
}

export const emptyBusStats = (): BusStats => ({
  batchesSent: 0,
  messagesSent: 0,
  messagesDropped: 0,
  messagesReceived: 0,
  invalidMessages: 0,
  resubscriptions: 0,
});
