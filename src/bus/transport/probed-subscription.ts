import { randomBytes } from 'node:crypto';
import { retryDelay } from '../../redis/connections.js';
import type { RedisClient } from '../../redis/redis-client.js';
import type { RedisAddress } from '../../redis/redis-url.js';
import type { Subscription } from '../../redis/subscription.js';
import { encodeProbe } from './batch.js';

/** How often a node speaks to itself, and how long it believes in a subscription that it does not hear. */
export interface ProbeTimers {
  readonly probeMs: number;
  readonly timeoutMs: number;
}

export const PROBE_TIMERS: ProbeTimers = { probeMs: 1_000, timeoutMs: 3_000 };

export interface ProbedSubscriptionEvents {
  /** @param channel its own, or one that was added */
  onPayload(payload: Buffer, channel: Buffer): void;
  /** The channel is heard; `again` after an earlier time. */
  onConfirmed(again: boolean): void;
  onResubscribe(): void;
  /** The subscription is over, with everything that was added to it; a new one will be tried. */
  onLost?(): void;
}

/**
 * A subscription to a channel that nobody else listens to, kept alive: a node's own, or the one that stands for the
 * topics of a node that share its connection. A reply to SUBSCRIBE, an open connection and a count of
 * receivers prove nothing: a node is sure of its subscription only while it hears what it says to itself.
 */
export class ProbedSubscription {
  /** Whether the subscription is sound, as far as can be known. */
  confirmed = false;
  private subscription: Subscription | undefined;
  private reopening: NodeJS.Timeout | undefined;
  private readonly timer: NodeJS.Timeout;
  /** Says which subscription a probe was sent for. */
  private probe = '';
  private lastReceivedAt = 0;
  private lastProbedAt = 0;
  private lastTick = performance.now();
  private everConfirmed = false;
  private losses = 0;

  constructor(
    private readonly redis: RedisClient,
    private readonly channel: string,
    private readonly events: ProbedSubscriptionEvents,
    private readonly timers: ProbeTimers,
    /** True when the process listened to another channel before: what it hears first follows a gap. */
    moved: boolean,
  ) {
    this.everConfirmed = moved;
    // Ten times as often while nothing is heard: what waits for this channel waits for the first sign.
    this.timer = setInterval(() => this.tick(), timers.probeMs / 10);
    this.timer.unref();
    this.open();
  }

  /** A probe came in. */
  onProbe(probe: Buffer): void {
    if (probe.toString() !== this.probe) return;
    this.lastReceivedAt = performance.now();
    this.losses = 0;
    if (this.confirmed) return;
    this.confirmed = true;
    const again = this.everConfirmed;
    this.everConfirmed = true;
    this.events.onConfirmed(again);
  }

  /** Listens to one more channel on the same connection, which has to be heard. False: it is lost. */
  async add(channel: string): Promise<boolean> {
    return this.confirmed && (await this.subscription?.add(channel)) === true;
  }

  remove(channel: string): void {
    if (this.confirmed) this.subscription?.remove(channel);
  }

  close(): void {
    this.confirmed = false;
    clearInterval(this.timer);
    clearTimeout(this.reopening);
    this.subscription?.close();
  }

  private open(address?: RedisAddress): void {
    this.probe = randomBytes(12).toString('base64url');
    this.lastReceivedAt = performance.now();
    this.subscription = this.redis.subscribe(
      this.channel,
      {
        onSubscribed: () => this.sendProbe(),
        onPayload: (payload, channel) => this.events.onPayload(payload, channel),
        onLost: (movedTo) => this.lose(movedTo),
      },
      address,
    );
  }

  private lose(movedTo?: RedisAddress): void {
    this.confirmed = false;
    this.subscription?.close();
    this.events.onLost?.();
    this.losses += 1;
    const reopen = () => {
      this.reopening = undefined;
      if (this.everConfirmed) this.events.onResubscribe();
      this.open(movedTo);
    };
    // Sent to the right master: at once, but not in a circle for ever.
    if (movedTo !== undefined && this.losses <= 3) {
      reopen();
      return;
    }
    clearTimeout(this.reopening);
    this.reopening = setTimeout(reopen, retryDelay(this.losses));
    this.reopening.unref();
  }

  private tick(): void {
    const now = performance.now();
    // When it was this process that stood still, what it was sent is still waiting to be read.
    if (now - this.lastTick > this.timers.timeoutMs / 2) this.lastReceivedAt = now;
    this.lastTick = now;
    if (this.reopening !== undefined) return;
    if (now - this.lastReceivedAt > this.timers.timeoutMs) this.lose();
    else if (!this.confirmed || now - this.lastProbedAt >= this.timers.probeMs) this.sendProbe();
  }

  private sendProbe(): void {
    this.lastProbedAt = performance.now();
    // Unheard is unheard, for whatever reason: the tick judges that.
    this.redis.commands.publish(this.channel, encodeProbe(this.probe)).catch(() => {});
  }
}
