import { randomBytes } from 'node:crypto';
import { retryDelay } from '../../redis/connections.js';
import type { RedisClient } from '../../redis/redis-client.js';
import type { RedisAddress } from '../../redis/redis-url.js';
import type { Subscription } from '../../redis/subscription.js';
import { encodeProbe } from './batch.js';

/** How often a node sends itself a probe, and how long after the last received one its subscription counts as lost. */
export interface ProbeTimers {
  readonly probeMs: number;
  readonly timeoutMs: number;
}

export const PROBE_TIMERS: ProbeTimers = { probeMs: 1_000, timeoutMs: 3_000 };

export interface ProbedSubscriptionEvents {
  /** @param channel the subscription's own channel, or one that was added */
  onPayload(payload: Buffer, channel: Buffer): void;
  /** A probe arrived, so the subscription works. `again`: it did before, and messages may have been lost meanwhile. */
  onConfirmed(again: boolean): void;
  onResubscribe(): void;
  /** The subscription was lost, with all channels that were added to it. A new one follows. */
  onLost?(): void;
}

/**
 * Keeps a subscription working: to a node's own channel, or to a node's channel for topics that share a connection. The
 * node publishes probes to the channel. Only a received probe proves that the subscription works: neither the reply to
 * SUBSCRIBE nor an open connection nor a subscriber count does.
 */
export class ProbedSubscription {
  /** True while probes arrive. */
  confirmed = false;
  private subscription: Subscription | undefined;
  private reopening: NodeJS.Timeout | undefined;
  private readonly timer: NodeJS.Timeout;
  /** The content of this subscription's probes: those of an earlier one do not confirm it. */
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
    /** True if the process listened to another channel before: then the first confirmation reports a gap. */
    moved: boolean,
  ) {
    this.everConfirmed = moved;
    // Probes are sent ten times as often until the first one arrives: joins wait for the subscription.
    this.timer = setInterval(() => this.tick(), timers.probeMs / 10);
    this.timer.unref();
    this.open();
  }

  /** Handles a probe from the channel. */
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

  /** Adds a channel to the connection of a confirmed subscription. @returns false if the subscription is lost */
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
    // A redirection names the right master, so follow it without delay; the limit ends a loop of redirections.
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
    // The event loop was blocked, so probes may have arrived that are not read yet.
    if (now - this.lastTick > this.timers.timeoutMs / 2) this.lastReceivedAt = now;
    this.lastTick = now;
    if (this.reopening !== undefined) return;
    if (now - this.lastReceivedAt > this.timers.timeoutMs) this.lose();
    else if (!this.confirmed || now - this.lastProbedAt >= this.timers.probeMs) this.sendProbe();
  }

  private sendProbe(): void {
    this.lastProbedAt = performance.now();
    // A failed PUBLISH needs no handling: the tick notices that no probe arrives.
    this.redis.commands.publish(this.channel, encodeProbe(this.probe)).catch(() => {});
  }
}
