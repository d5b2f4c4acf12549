/** What a bus has done since it was made, for the metrics. */
export interface BusStats {
  batchesSent: number;
  messagesSent: number;
  /** Messages refused or lost on the way out: a full batch, a bus that is down, a failed PUBLISH. */
  messagesDropped: number;
  messagesReceived: number;
  /** Payloads that were not what {@link file://./transport/batch.ts} writes. */
  invalidMessages: number;
  /** Subscriber connections made after the first one. */
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
