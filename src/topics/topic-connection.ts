import { decodePayload } from '../bus/transport/batch.js';
import { PROBE_TIMERS, ProbedSubscription, type ProbeTimers } from '../bus/transport/probed-subscription.js';
import type { RedisClient } from '../redis/redis-client.js';

export interface TopicConnectionEvents {
  /** Redis has acknowledged the subscription. */
  onOpen(topic: string): void;
  onEntries(topic: string, entries: readonly Buffer[]): void;
  /** The subscription is lost, and with it what was published since. */
  onLost(topic: string): void;
}

interface Wanted {
  readonly topic: string;
  open: boolean;
}

/**
 * The topics of one group: one connection, in a cluster to the master that has the group's slot, which lives and is
 * lost as a whole. A channel of its own proves that it lives. Made with the first topic, and kept from then on.
 */
export class TopicConnection {
  /** By channel. */
  private readonly wanted = new Map<string, Wanted>();
  private subscription: ProbedSubscription | undefined;

  /** @param channel that nobody else listens to, of the same slot as the topics' */
  constructor(
    private readonly redis: RedisClient,
    private readonly channel: string,
    private readonly events: TopicConnectionEvents,
    private readonly timers: ProbeTimers = PROBE_TIMERS,
  ) {}

  listen(channel: string, topic: string): void {
    const wanted = { topic, open: false };
    this.wanted.set(channel, wanted);
    if (this.subscription === undefined) this.subscription = this.connect();
    else if (this.subscription.confirmed) void this.add(channel, wanted);
  }

  ignore(channel: string): void {
    if (this.wanted.delete(channel)) this.subscription?.remove(channel);
  }

  close(): void {
    this.wanted.clear();
    this.subscription?.close();
  }

  private connect(): ProbedSubscription {
    const events = {
      onPayload: (payload: Buffer, channel: Buffer) => this.receive(payload, channel),
      onConfirmed: () => {
        for (const [channel, wanted] of this.wanted) void this.add(channel, wanted);
      },
      onResubscribe: () => {},
      onLost: () => this.lose(),
    };
    return new ProbedSubscription(this.redis, this.channel, events, this.timers, false);
  }

  private async add(channel: string, wanted: Wanted): Promise<void> {
    const isOpen = await this.subscription?.add(channel);
    // Given up meanwhile, and perhaps wanted anew: that has an answer of its own coming.
    if (isOpen !== true || this.wanted.get(channel) !== wanted) return;
    wanted.open = true;
    this.events.onOpen(wanted.topic);
  }

  private receive(bytes: Buffer, channel: Buffer): void {
    const payload = decodePayload(bytes);
    if (payload?.kind === 'probe') this.subscription?.onProbe(payload.probe);
    if (payload?.kind !== 'messages') return;
    const wanted = this.wanted.get(channel.toString('latin1'));
    if (wanted !== undefined) this.events.onEntries(wanted.topic, payload.messages);
  }

  private lose(): void {
    const lost = [...this.wanted.values()].filter(({ open }) => open);
    for (const wanted of lost) wanted.open = false;
    for (const { topic } of lost) this.events.onLost(topic);
  }
}
