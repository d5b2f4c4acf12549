import { createHash, randomBytes } from 'node:crypto';
import { rethrow } from '../bus/handler-registry.js';
import { type Batch, newSmallBatch } from '../bus/transport/batch.js';
import { Outbox } from '../bus/transport/outbox.js';
import type { ProbeTimers } from '../bus/transport/probed-subscription.js';
import type { RedisClient } from '../redis/redis-client.js';
import { LocalTopics } from './local-topics.js';
import { TopicConnection } from './topic-connection.js';
import type { TopicOwner } from './topic-shares.js';
import { TOPIC_LIMITS, type TopicClient, type TopicLimits, type TopicListener, type Topics } from './topics.js';

/** Into so many slots a cluster's topics go, each with a connection of every node that has such topics. */
const GROUPS = 16;
/** Bytes that may be on their way to Redis; beyond it nothing is taken. */
export const MAX_UNANSWERED_BYTES = 32 * 1024 * 1024;

export interface RedisTopicsOptions {
  readonly limits?: TopicLimits;
  readonly timers?: ProbeTimers;
  /** Told of a listener that threw. Default: an uncaught exception. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Topics over Redis pub/sub, sharded in a cluster. A topic's channel lives on one server, whose order is the one
 * that every node sees.
 */
export class RedisTopics implements Topics {
  private readonly local: LocalTopics;
  private readonly connections = new Map<number, TopicConnection>();
  private readonly outbox = new Outbox<string>((topic, batch) => void this.flush(topic, batch), newSmallBatch);
  private readonly timers: ProbeTimers | undefined;
  private unanswered = 0;
  private closed = false;

  constructor(
    private readonly redis: RedisClient,
    { limits = TOPIC_LIMITS, timers, onError = rethrow }: RedisTopicsOptions = {},
  ) {
    this.timers = timers;
    const wire = {
      open: (topic: string) => {
        const { group, channel } = this.address(topic);
        this.connection(group).listen(channel, topic);
      },
      close: (topic: string) => {
        const { group, channel } = this.address(topic);
        this.connection(group).ignore(channel);
      },
      write: (topic: string, entries: readonly Buffer[]) => this.write(topic, entries),
    };
    this.local = new LocalTopics(wire, limits, onError);
  }

  get stats() {
    return this.local.stats;
  }

  join(listener: TopicListener, owner?: TopicOwner): TopicClient {
    return this.local.join(listener, owner);
  }

  /** The connection for commands is not this object's. */
  close(): Promise<void> {
    this.closed = true;
    this.outbox.clear();
    this.local.close();
    for (const connection of this.connections.values()) connection.close();
    return Promise.resolve();
  }

  private write(topic: string, entries: readonly Buffer[]): boolean {
    if (this.closed || !this.redis.commands.available) return false;
    const bytes = entries.reduce((sum, entry) => sum + entry.length, 0);
    if (this.unanswered + this.outbox.bytes + bytes > MAX_UNANSWERED_BYTES) return false;
    return entries.every((entry) => this.outbox.put(topic, entry));
  }

  private async flush(topic: string, batch: Batch): Promise<void> {
    const held = batch.memory.length;
    this.unanswered += held;
    try {
      await this.redis.commands.publishZeroCopy(this.address(topic).channel, batch);
    } catch {
      // Done or not: nobody knows, and what was said may have been said once only.
      this.local.lost(topic);
    } finally {
      this.unanswered -= held;
    }
  }

  private connection(group: number): TopicConnection {
    const known = this.connections.get(group);
    if (known !== undefined) return known;
    const own = this.redis.keys.topic(group, `node-${randomBytes(12).toString('base64url')}`);
    const events = {
      onOpen: (topic: string) => this.local.opened(topic),
      onEntries: (topic: string, entries: readonly Buffer[]) => this.local.receive(topic, entries),
      onLost: (topic: string) => this.local.lost(topic),
    };
    const connection = new TopicConnection(this.redis, own, events, this.timers);
    this.connections.set(group, connection);
    return connection;
  }

  /** Names are digested: a channel is short, and whoever may look at Redis does not read what rooms there are. */
  private address(topic: string): { readonly group: number; readonly channel: string } {
    const digest = createHash('sha256').update(topic).digest();
    const group = this.redis.commands.sharded ? (digest[0] as number) % GROUPS : 0;
    return { group, channel: this.redis.keys.topic(group, digest.toString('base64url', 0, 24)) };
  }
}
