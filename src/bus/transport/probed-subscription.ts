import { randomBytes } from 'node:crypto';
import { retryDelay } from '../../redis/connections.js';
import type { RedisLink } from '../../redis/redis-client.js';
import type { RedisAddress } from '../../redis/redis-url.js';
import type { Subscription } from '../../redis/subscription.js';
import { encodeProbe } from './batch.js';

/** How often a node speaks to itself, and how long it believes in a subscription that it does not hear. */
export interface ProbeTimers {
  readonly probeMs: number;
  readonly unheardMs: number;
}

export const PROBE_TIMERS: ProbeTimers = { probeMs: 1_000, unheardMs: 3_000 };

export interface OwnChannelEvents {
  /** @param channel its own, or one that was added */
  onPayload(payload: Buffer, channel: Buffer): void;
  /** The channel is heard; `again` after an earlier time. */
  onHeard(again: boolean): void;
  onResubscribe(): void;
  /** The subscription is over, with everything that was added to it; a new one will be tried. */
  onLost?(): void;
}

/**
 * A subscription to a channel that nobody else listens to, kept alive: a node's own, or the one that stands for the
 * topics of a node that share its connection. A reply to SUBSCRIBE, an open connection and a count of
 * receivers prove nothing: a node is sure of its subscription only while it hears what it says to itself.
 */
export class OwnChannel {
  /** Whether the subscription is sound, as far as can be known. */
  heard = false;
  private subscription: Subscription | undefined;
  private reopening: NodeJS.Timeout | undefined;
  private readonly timer: NodeJS.Timeout;
  /** Says which subscription a probe was sent for. */
  private probe = '';
  private lastSign = 0;
  private lastSaid = 0;
  private lastTick = performance.now();
  private everHeard = false;
  private losses = 0;

  constructor(
    private readonly redis: RedisLink,
    private readonly channel: string,
    private readonly events: OwnChannelEvents,
    private readonly timers: ProbeTimers,
    /** True when the process listened to another channel before: what it hears first follows a gap. */
    moved: boolean,
  ) {
    this.everHeard = moved;
    // Ten times as often while nothing is heard: whoever waits for this channel waits for the first sign.
    this.timer = setInterval(() => this.tick(), timers.probeMs / 10);
    this.timer.unref();
    this.open();
  }

  /** A probe came in. */
  onProbe(probe: Buffer): void {
    if (probe.toString() !== this.probe) return;
    this.lastSign = performance.now();
    this.losses = 0;
    if (this.heard) return;
    this.heard = true;
    const again = this.everHeard;
    this.everHeard = true;
    this.events.onHeard(again);
  }

  /** Listens to one more channel on the same connection, which has to be heard. False: it is lost. */
  async add(channel: string): Promise<boolean> {
    return this.heard && (await this.subscription?.add(channel)) === true;
  }

  remove(channel: string): void {
    if (this.heard) this.subscription?.remove(channel);
  }

  close(): void {
    this.heard = false;
    clearInterval(this.timer);
    clearTimeout(this.reopening);
    this.subscription?.close();
  }

  private open(address?: RedisAddress): void {
    this.probe = randomBytes(12).toString('base64url');
    this.lastSign = performance.now();
    this.subscription = this.redis.subscribe(
      this.channel,
      {
        onSubscribed: () => this.say(),
        onPayload: (payload, channel) => this.events.onPayload(payload, channel),
        onLost: (movedTo) => this.lose(movedTo),
      },
      address,
    );
  }

  private lose(movedTo?: RedisAddress): void {
    this.heard = false;
    this.subscription?.close();
    this.events.onLost?.();
    this.losses += 1;
    const reopen = () => {
      this.reopening = undefined;
      if (this.everHeard) this.events.onResubscribe();
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
    if (now - this.lastTick > this.timers.unheardMs / 2) this.lastSign = now;
    this.lastTick = now;
    if (this.reopening !== undefined) return;
    if (now - this.lastSign > this.timers.unheardMs) this.lose();
    else if (!this.heard || now - this.lastSaid >= this.timers.probeMs) this.say();
  }

  private say(): void {
    this.lastSaid = performance.now();
    // Unheard is unheard, for whatever reason: the tick judges that.
    this.redis.commands.publish(this.channel, encodeProbe(this.probe)).catch(() => {});
  }
}
