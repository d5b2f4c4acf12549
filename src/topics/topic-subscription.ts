import type { TopicListener } from './topics.js';

/** Somebody who joined the topics. */
export interface LocalTopicClient {
  readonly listener: TopicListener;
  readonly subscriptions: Map<string, TopicSubscription>;
  heldBytes: number;
  /** When what it published elsewhere is within the rate again, monotonic milliseconds. */
  paidAt: number;
  gone: boolean;
}

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
