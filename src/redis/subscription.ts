import type { Redis } from 'ioredis';
import { connectSubscriber } from './connections.js';
import type { RedisAddress, RedisTarget } from './redis-url.js';

/** What becomes of a {@link Subscription}. */
export interface SubscriptionEvents {
  onSubscribed(): void;
  onPayload(payload: Buffer, channel: Buffer): void;
  /** Called once; the subscription is over. `moved`: in a cluster, the channel lives there. */
  onLost(moved: RedisAddress | undefined): void;
}

/**
 * A subscription on a connection of its own, for one life: to one channel, and to others of its slot that come and go. In a cluster it is the sharded kind
 * (SSUBSCRIBE) on the master that owns the channel's slot; ioredis's own group of sharded subscribers is not used,
 * because it hides when a subscription moved, and what was sent meanwhile is lost.
 */
export class Subscription {
  private readonly client: Redis;
  private readonly sharded: boolean;
  private subscribed = false;
  private over = false;

  constructor(
    target: RedisTarget,
    private readonly channel: string,
    private readonly events: SubscriptionEvents,
    private readonly address?: RedisAddress,
  ) {
    this.sharded = target.kind === 'cluster';
    this.client = connectSubscriber(target, address);
    this.client.on(this.sharded ? 'smessageBuffer' : 'messageBuffer', (channel: Buffer, payload: Buffer) => {
      if (!this.over) events.onPayload(payload, channel);
    });
    this.client.once('ready', () => void this.subscribe());
    this.client.once('end', () => this.lose(undefined));
    // The slot went to another master, and this one has dropped the subscription. ioredis says 'moved' for a
    // refused SSUBSCRIBE too, but only the refusal itself tells the address.
    this.client.on('moved', () => {
      if (this.subscribed) this.lose(undefined);
    });
  }

  /** Ends it without a word to the listener. */
  close(): void {
    this.over = true;
    this.client.disconnect();
  }

  /** True once Redis has acknowledged it; false when the whole subscription is lost. In a cluster: of the same slot. */
  async add(channel: string): Promise<boolean> {
    try {
      await (this.sharded ? this.client.ssubscribe(channel) : this.client.subscribe(channel));
      return !this.over;
    } catch (error) {
      this.lose(this.readMoved(error));
      return false;
    }
  }

  remove(channel: string): void {
    const done = this.sharded ? this.client.sunsubscribe(channel) : this.client.unsubscribe(channel);
    // A connection that fails here is lost, and says so by itself.
    done.catch(() => {});
  }

  private async subscribe(): Promise<void> {
    if (!(await this.add(this.channel))) return;
    this.subscribed = true;
    this.events.onSubscribed();
  }

  private lose(moved: RedisAddress | undefined): void {
    if (this.over) return;
    this.close();
    this.events.onLost(moved);
  }

  /** `MOVED slot host:port`; an empty host means the one that answered. */
  private readMoved(error: unknown): RedisAddress | undefined {
    const match = /^MOVED \d+ (.*):(\d+)$/.exec(error instanceof Error ? error.message : '');
    if (match === null) return undefined;
    const host = match[1] || this.address?.host || this.client.options.host;
    return host === undefined ? undefined : { host, port: Number(match[2]) };
  }
}
