import type { NodeId } from '@parley/protocol';
import type { RedisClient } from '../../redis/redis-client.js';

/** Maximum events that wait for nodes with a lease but without a subscription; beyond it the oldest are dropped. */
export const MAX_WAITING_EVENTS = 1_000;

interface Waiting {
  readonly node: NodeId;
  readonly payload: Buffer;
}

/**
 * Publishes cluster events to every node with a lease. Redis answers PUBLISH with the number of subscribers: 0 means
 * that the node did not get the event. The node may be dead or resubscribing, so the event waits while its lease lasts.
 */
export class EventPublisher {
  private waiting: Waiting[] = [];
  private retrying = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly listNodes: () => Promise<readonly NodeId[]>,
  ) {}

  /** Rejects if Redis did not accept the event for every node. @param own this node, with or without a lease */
  async publishToAll(payload: Buffer, own: NodeId): Promise<void> {
    const nodes = new Set([...(await this.listNodes()), own]);
    await this.publish([...nodes].map((node) => ({ node, payload })));
  }

  /** Publishes waiting events again. Call it periodically. */
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

  private async publish(deliveries: readonly Waiting[]): Promise<void> {
    const results = await Promise.allSettled(
      deliveries.map(({ node, payload }) => this.redis.commands.publish(this.redis.keys.channel(node), payload)),
    );
    const missed = deliveries.filter((_, i) => {
      const result = results[i];
      return result?.status === 'fulfilled' && result.value === 0;
    });
    this.waiting = [...this.waiting, ...missed].slice(-MAX_WAITING_EVENTS);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
