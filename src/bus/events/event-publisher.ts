import type { NodeId } from '@parley/protocol';
import type { RedisClient } from '../../redis/redis-client.js';

/** Facts that may wait for nodes that have a lease and do not listen; beyond it the oldest are dropped. */
export const MAX_WAITING_EVENTS = 1_000;

interface Waiting {
  readonly node: NodeId;
  readonly payload: Buffer;
}

/**
 * Brings a fact to every node with a lease. Redis says how many were subscribed to a channel: none means that the
 * node did not get it. It may be dead, or be subscribing anew, so the fact is kept for it while its lease lasts.
 */
export class EventPublisher {
  private waiting: Waiting[] = [];
  private retrying = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly listNodes: () => Promise<readonly NodeId[]>,
  ) {}

  /** Rejects when it could not be handed over to Redis for all of them. */
  async publishToAll(payload: Buffer, own: NodeId): Promise<void> {
    const nodes = new Set([...(await this.listNodes()), own]);
    await this.publish([...nodes].map((node) => ({ node, payload })));
  }

  /** Tries again what nobody was there for; to be called now and then. */
  async retry(): Promise<void> {
    if (this.retrying || this.waiting.length === 0) return;
    this.retrying = true;
    try {
      const alive = new Set(await this.listNodes());
      const again = this.waiting.filter(({ node }) => alive.has(node));
      this.waiting = [];
      await this.publish(again);
    } finally {
      this.retrying = false;
    }
  }

  private async publish(parcels: readonly Waiting[]): Promise<void> {
    const results = await Promise.allSettled(
      parcels.map(({ node, payload }) => this.redis.commands.publish(this.redis.keys.channel(node), payload)),
    );
    const missed = parcels.filter((_, i) => {
      const result = results[i];
      return result?.status === 'fulfilled' && result.value === 0;
    });
    this.waiting = [...this.waiting, ...missed].slice(-MAX_WAITING_EVENTS);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
