import { deliveryCost } from '../rate-limit/delivery-cost.js';
import type { TopicOwner } from './topic-shares.js';
import type { TopicLimits, TopicListener } from './topics.js';

/** Somebody who joined the topics. */
export interface LocalTopicClient {
  readonly owner: TopicOwner;
  readonly listener: TopicListener;
  readonly subscriptions: Map<string, TopicSubscription>;
  /** Names and subscriptions. */
  bytes: number;
  heldBytes: number;
  /** When what it published elsewhere is within the rate again, monotonic milliseconds. */
  paidAt: number;
  gone: boolean;
}

/** Recipients that a publication to a topic without a subscriber on this node is charged for. */
const UNKNOWN_AUDIENCE = 100;

/** Charges a publication to a topic whose audience is not known here. @returns how long its client has to wait, ms */
export const chargeOutsider = (client: LocalTopicClient, bytes: number, rate: TopicLimits['deliveries']): number => {
  const now = performance.now();
  const cost = (deliveryCost(UNKNOWN_AUDIENCE, bytes) * 1000) / rate.perSecond;
  client.paidAt = Math.max(client.paidAt, now) + cost;
  return Math.max(0, Math.ceil(client.paidAt - now - (rate.burst * 1000) / rate.perSecond));
};

/**
 * One party's subscription to one topic. `waiting`: the node does not listen yet; what is published is held.
 * `open`: it does, and the mark waits for a first publication. `marked`: both are on their way. `hearing`: the mark
 * came back, and everything behind it is for this party.
 */
export class TopicSubscription {
  state: 'waiting' | 'open' | 'marked' | 'hearing' | 'ended' = 'waiting';
  /** True once it hears, false when it ended before. */
  readonly confirmed: Promise<boolean>;
  /** Monotonic milliseconds. */
  markedAt = 0;
  timer: NodeJS.Timeout | undefined;
  private held: Buffer[] = [];
  private settle!: (confirmed: boolean) => void;

  constructor(
    readonly client: LocalTopicClient,
    readonly topic: string,
    /** Unique over all nodes and times. */
    readonly mark: string,
  ) {
    this.confirmed = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  get holds(): boolean {
    return this.held.length > 0;
  }

  hold(entry: Buffer): void {
    this.held.push(entry);
    this.client.heldBytes += entry.length;
  }

  /** What was held, which is not held any more. */
  release(): readonly Buffer[] {
    const { held } = this;
    this.held = [];
    for (const entry of held) this.client.heldBytes -= entry.length;
    return held;
  }

  move(state: TopicSubscription['state']): void {
    clearTimeout(this.timer);
    this.state = state;
    if (state === 'hearing' || state === 'ended') this.settle(state === 'hearing');
  }
}
