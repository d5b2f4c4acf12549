import type { Redis } from 'ioredis';
import { connectSubscriber } from './connections.js';
import type { RedisAddress, RedisTarget } from './redis-url.js';

/** Callbacks of a {@link Subscription}. */
export interface SubscriptionEvents {
  onSubscribed(): void;
  onPayload(payload: Buffer, channel: Buffer): void;
  /** The subscription ended. Called once. @param moved in a cluster, the master that owns the channel now */
  onLost(moved: RedisAddress | undefined): void;
}

/**
 * A subscription on a connection of its own: to one channel, and to others of the same slot that may be added and
 * removed. It ends with its connection. In a cluster it is sharded (SSUBSCRIBE), on the master that owns the slot. The
 * sharded subscribers of ioredis are not used: they hide that a subscription moved, and with it the loss of messages.
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
    // The slot moved to another master, so this one dropped the subscription. ioredis also emits 'moved' for a refused
    // SSUBSCRIBE; that case is left to `add`, because only the error contains the address.
    this.client.on('moved', () => {
      if (this.subscribed) this.lose(undefined);
    });
  }

  /** Ends the subscription without a call of `onLost`. */
  close(): void {
    this.over = true;
    this.client.disconnect();
  }

  /**
   * Subscribes to another channel; in a cluster, one of the same slot.
   * @returns true once Redis has acknowledged it, false if the whole subscription is lost
   */
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
    // A failure here means that the connection is lost, which its 'end' event reports.
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

  /** Parses the error `MOVED slot host:port`; an empty host means the one that answered. */
  private readMoved(error: unknown): RedisAddress | undefined {
    const match = /^MOVED \d+ (.*):(\d+)$/.exec(error instanceof Error ? error.message : '');
    if (match === null) return undefined;
    const host = match[1] || this.address?.host || this.client.options.host;
    return host === undefined ? undefined : { host, port: Number(match[2]) };
  }
}
