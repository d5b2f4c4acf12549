import { ProtocolError } from '@parley/protocol';
import { deliveryCost } from './delivery-cost.js';
import { TokenBucket } from './token-bucket.js';

/** Deliveries to a room's peers by the senders of this node: so many at once, and so many a second. */
export interface RoomRate {
  readonly burst: number;
  readonly perSecond: number;
}

export const ROOM_RATE: RoomRate = { burst: 20_000, perSecond: 10_000 };

/**
 * What a room may cost. One frame to a room of two hundred is two hundred deliveries: each sender keeps to a rate
 * of his own, and two hundred of them together would still take the whole node.
 */
export class RoomRateLimit {
  private readonly deliveries: TokenBucket;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly rate: RoomRate,
    now: number,
  ) {
    this.deliveries = new TokenBucket(rate.burst, rate.perSecond, now);
  }

  /**
   * Charges one frame to all peers of the room.
   * @param bytes of the frame: one of 64 KiB costs as much as 16 of 4 KiB
   * @throws ProtocolError `rate_limited` with the time to wait
   */
  take(peers: number, now: number, bytes = 0): void {
    // A room that is larger than the burst still gets its frames, one by one.
    const cost = Math.min(deliveryCost(Math.max(1, peers), bytes), this.rate.burst);
    if (this.deliveries.take(now, cost)) return;
    throw new ProtocolError('rate_limited', undefined, { retryAfterMs: this.deliveries.waitMs(cost) });
  }
}
