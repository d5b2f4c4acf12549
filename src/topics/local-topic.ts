import { deliveryCost } from '../rate-limit/delivery-cost.js';
import type { TopicSubscription } from './topic-subscription.js';
import type { TopicLimits } from './topics.js';

/** Bytes of one topic that may wait on a node until their delivery is within the rate. */
export const MAX_DEFERRED_BYTES = 2 * 1024 * 1024;
/** The longest time that a node asks publishers on other nodes to wait, milliseconds. */
export const MAX_SLOW_MS = 2_000;
/** How often it asks them, at most. */
const SLOW_EVERY_MS = 200;
/** What a deferred entry counts beside its payload. */
const ENTRY_BYTES = 64;

/** What arrived in a topic: the marker of a subscription of this node, or a payload. */
export type Arrival = { readonly marked: TopicSubscription } | { readonly payload: Buffer };

export interface LocalTopicEvents {
  onMarked(subscription: TopicSubscription): void;
  onPayload(payload: Buffer): void;
  /** Publishers on other nodes must wait. @param waitMs milliseconds */
  onSlow(waitMs: number): void;
  /** Reports a change in the number of queued bytes. @returns false when the node has no memory for them */
  onDeferred(bytes: number): boolean;
}

/**
 * One topic on this node: its subscriptions, and the rate of deliveries to them. What local clients publish is charged at
 * once, and they wait for it. What other nodes publish is charged when it arrives: beyond the rate it is delivered later,
 * in order, and those nodes are asked to slow their publishers down.
 */
export class LocalTopic {
  readonly subscriptions = new Set<TopicSubscription>();
  /** The wire has acknowledged that this node listens. */
  open = false;
  confirmedCount = 0;
  /** When what was delivered is within the rate again, monotonic milliseconds. */
  private paidAt = 0;
  /** Publications of this node that count already, and are still to be delivered. */
  private prepaid = 0;
  /** Until when another node asked publishers to wait, monotonic milliseconds. */
  private slowUntil = 0;
  private askedAt = Number.NEGATIVE_INFINITY;
  private readonly deferred: Arrival[] = [];
  private deferredBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    private readonly rate: TopicLimits['deliveries'],
    private readonly events: LocalTopicEvents,
  ) {}

  /** Charges a publication of this node. @returns how long its client has to wait, milliseconds */
  publish(bytes: number): number {
    this.prepaid += 1;
    this.charge(bytes);
    return Math.max(0, this.excessMs(), Math.ceil(this.slowUntil - performance.now()));
  }

  /** Another node delivers more than its rate. */
  slow(waitMs: number): void {
    this.slowUntil = Math.max(this.slowUntil, performance.now() + Math.min(waitMs, MAX_SLOW_MS));
  }

  /** Takes what the wire brought, in order. @returns false when too much waits: what arrived is lost */
  take(arrival: Arrival): boolean {
    if (this.deferred.length === 0 && this.act(arrival)) return true;
    return this.defer(arrival);
  }

  close(): void {
    clearTimeout(this.timer);
    this.deferred.length = 0;
    this.count(-this.deferredBytes);
  }

  /** @returns false when it is not within the rate yet */
  private act(arrival: Arrival): boolean {
    if ('marked' in arrival) this.events.onMarked(arrival.marked);
    else {
      if (this.prepaid > 0) this.prepaid -= 1;
      else if (this.excessMs() > 0) return false;
      else this.charge(arrival.payload.length);
      this.events.onPayload(arrival.payload);
    }
    return true;
  }

  private defer(arrival: Arrival): boolean {
    const bytes = sizeOf(arrival);
    if (this.deferredBytes + bytes > MAX_DEFERRED_BYTES || !this.count(bytes)) return false;
    // Copied: the wire's memory holds a whole batch.
    this.deferred.push('payload' in arrival ? { payload: Buffer.from(arrival.payload) } : arrival);
    this.timer ??= setTimeout(() => this.resume(), Math.max(1, this.excessMs()));
    const now = performance.now();
    if (now - this.askedAt >= SLOW_EVERY_MS) {
      this.askedAt = now;
      this.events.onSlow(Math.min(MAX_SLOW_MS, this.excessMs() + SLOW_EVERY_MS));
    }
    return true;
  }

  private resume(): void {
    this.timer = undefined;
    for (let next = this.deferred[0]; next !== undefined; next = this.deferred[0]) {
      if (!this.act(next)) {
        this.timer = setTimeout(() => this.resume(), Math.max(1, this.excessMs()));
        return;
      }
      // A listener may have closed the topic.
      if (this.deferred.shift() !== undefined) this.count(-sizeOf(next));
    }
  }

  private count(bytes: number): boolean {
    if (!this.events.onDeferred(bytes)) return false;
    this.deferredBytes += bytes;
    return true;
  }

  private charge(bytes: number): void {
    const cost = (deliveryCost(this.confirmedCount, bytes) * 1000) / this.rate.perSecond;
    this.paidAt = Math.max(this.paidAt, performance.now()) + cost;
  }

  /** How long until what was delivered is within the burst, milliseconds. */
  private excessMs(): number {
    const { burst, perSecond } = this.rate;
    return Math.max(0, Math.ceil(this.paidAt - performance.now() - (burst * 1000) / perSecond));
  }
}

const sizeOf = (arrival: Arrival): number => ENTRY_BYTES + ('payload' in arrival ? arrival.payload.length : 0);
