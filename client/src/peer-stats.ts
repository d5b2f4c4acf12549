/** Whether media goes straight to the other side, or over a TURN server (RFC 8656). */
export type Route = 'direct' | 'relayed' | 'unknown';

/**
 * One word for a connection. `good`: no complaint expected. `fair`: round trip over 250 ms or loss over 3 %.
 * `poor`: over 500 ms or 10 %. `lost`: no connection now. `unknown`: not measured yet.
 */
export type Quality = 'good' | 'fair' | 'poor' | 'lost' | 'unknown';

/** What a connection is like now. Rates and loss are over the time since the previous call of `stats()`. */
export interface PeerStats {
  /** Of the selected candidate pair, in milliseconds. */
  readonly roundTripTimeMs?: number;
  /** Received media and data, in kilobits a second. */
  readonly inboundKbps?: number;
  /** Sent media and data, in kilobits a second. */
  readonly outboundKbps?: number;
  /** Lost share of the received RTP packets, 0 to 1. */
  readonly packetLoss?: number;
  readonly route: Route;
  readonly quality: Quality;
}
