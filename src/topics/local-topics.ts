import { randomBytes } from 'node:crypto';
import { LocalTopic } from './local-topic.js';
import { decodeEntry, encodeMarker, encodePayload, encodeSlow, type TopicEntry } from './topic-entry.js';
import { networkOwner, SHARE_OF_BYTES, type TopicOwner, TopicShares } from './topic-shares.js';
import { chargeOutsider, type LocalTopicClient, TopicSubscription } from './topic-subscription.js';
import {
  emptyTopicStats,
  MARKER_WAIT_MS,
  MAX_HELD_BYTES,
  type TopicClient,
  type TopicLimits,
  type TopicListener,
  type TopicRefusal,
  TopicRefused,
} from './topics.js';

/** What carries topics between nodes, in one order for each topic. */
export interface TopicWire {
  /** Begins to listen, for as long as that takes; says so by {@link LocalTopics.opened}. */
  open(topic: string): void;
  close(topic: string): void;
  /** Sends entries in one piece. False: they were not taken. What is lost later: {@link LocalTopics.lost}. */
  write(topic: string, entries: readonly Buffer[]): boolean;
}

/** How long a mark may be under way before the place that waits for it counts as deaf. */
const MARKER_TIMEOUT_MS = 3_000;
/** What a topic, or a subscription, counts beside its name. */
const COST_BYTES = 256;

/**
 * Who on this node is subscribed to what, whatever carries the topics. A client hears what follows its own mark in the
 * topic, and its first publication leaves in one piece with that mark: so the wire's order is everybody's.
 */
export class LocalTopics {
  readonly stats = emptyTopicStats();
  private readonly topics = new Map<string, LocalTopic>();
  /** Places whose mark is under way, the oldest first. */
  private readonly marked = new Map<string, TopicSubscription>();
  private readonly generation = randomBytes(12).toString('base64url');
  private readonly shares: TopicShares;
  private marks = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly wire: TopicWire,
    private readonly limits: TopicLimits,
    private readonly onError: (error: unknown) => void,
  ) {
    this.shares = new TopicShares({ ...limits, maxBytes: limits.maxBytes * SHARE_OF_BYTES });
    this.timer = setInterval(() => this.expireUnconfirmed(), MARKER_TIMEOUT_MS / 3);
    this.timer.unref();
  }

  join(listener: TopicListener, owner: TopicOwner = {}): TopicClient {
    const counts = { bytes: 0, heldBytes: 0, paidAt: 0, gone: false };
    const client = { listener, owner: networkOwner(owner), subscriptions: new Map(), ...counts };
    return {
      subscribe: (topic) => this.subscribe(client, topic),
      unsubscribe: (topic) => this.unsubscribe(client, topic),
      publish: (topic, payload) => this.publish(client, topic, payload),
      leave: () => this.leave(client),
    };
  }

  /** The wire listens to a topic from now on. */
  opened(name: string): void {
    const topic = this.topics.get(name);
    if (topic === undefined || topic.open) return;
    topic.open = true;
    for (const subscription of topic.subscriptions) this.await(subscription);
  }

  /** The wire brought entries; in the order in which every node gets them. */
  receive(name: string, entries: readonly Buffer[]): void {
    const topic = this.topics.get(name);
    if (topic === undefined) return;
    for (const bytes of entries) if (!this.arrive(topic, decodeEntry(bytes))) return this.lost(name);
  }

  /** Entries of a topic were lost, or may have been: whoever hears it, or has told others something, begins anew. */
  lost(name: string): void {
    for (const subscription of this.topics.get(name)?.subscriptions ?? [])
      if (subscription.state !== 'waiting') this.gap(subscription.client);
  }

  close(): void {
    clearInterval(this.timer);
    for (const topic of this.topics.values()) for (const { client } of topic.subscriptions) this.leave(client);
  }

  private subscribe(client: LocalTopicClient, name: string): Promise<boolean> {
    if (client.gone) return Promise.resolve(false);
    const known = client.subscriptions.get(name);
    if (known !== undefined) return known.confirmed;
    this.admit(client, name);
    const topic = this.topics.get(name) ?? this.begin(name);
    this.marks += 1;
    const subscription = new TopicSubscription(client, name, `${this.generation}${this.marks.toString(36)}`);
    topic.subscriptions.add(subscription);
    client.subscriptions.set(name, subscription);
    this.stats.subscriptions += 1;
    this.stats.bytes += COST_BYTES;
    this.account(client, name, 1);
    if (topic.open) this.await(subscription);
    return subscription.confirmed;
  }

  private unsubscribe(client: LocalTopicClient, name: string): void {
    const subscription = client.subscriptions.get(name);
    if (subscription === undefined) return;
    const held = this.release(subscription);
    this.end(subscription);
    if (held.length > 0) this.wire.write(name, held);
  }

  private publish(client: LocalTopicClient, name: string, payload: Buffer): number {
    if (client.gone) return 0;
    const entry = encodePayload(payload);
    const subscription = client.subscriptions.get(name);
    if (subscription?.state === 'waiting' || subscription?.state === 'open') {
      this.hold(subscription, entry);
      if (subscription.state === 'open') this.mark(subscription);
    } else if (!this.wire.write(name, [entry])) {
      this.lost(name);
      this.refuse('unavailable');
    }
    this.stats.published += 1;
    return (
      this.topics.get(name)?.publish(payload.length) ?? chargeOutsider(client, payload.length, this.limits.deliveries)
    );
  }

  private leave(client: LocalTopicClient): void {
    client.gone = true;
    for (const subscription of client.subscriptions.values()) {
      this.release(subscription);
      this.end(subscription);
    }
  }

  /** @throws TopicRefused */
  private admit(client: LocalTopicClient, name: string): void {
    const { maxTopicBytes, maxTopicsPerClient, maxBytesPerClient, maxTopics, maxBytes } = this.limits;
    const bytes = Buffer.byteLength(name);
    if (bytes > maxTopicBytes) this.refuse('topic_too_long');
    if (client.bytes + bytes + COST_BYTES > maxBytesPerClient) this.refuse('too_many_topics');
    if (client.subscriptions.size >= maxTopicsPerClient) this.refuse('too_many_topics');
    if (!this.shares.allows(client.owner, 1, bytes + COST_BYTES)) this.refuse('share_used_up');
    if (!this.topics.has(name) && this.topics.size >= maxTopics) this.refuse('node_full');
    if (this.stats.bytes + bytes + 2 * COST_BYTES > maxBytes) this.refuse('node_full');
  }

  private begin(name: string): LocalTopic {
    const topic: LocalTopic = new LocalTopic(name, this.limits.deliveries, {
      onMarked: (subscription) => {
        if (subscription.state !== 'marked') return;
        subscription.move('hearing');
        topic.confirmedCount += 1;
      },
      onPayload: (payload) => this.deliver(topic, payload),
      onSlow: (waitMs) => void this.wire.write(name, [encodeSlow(waitMs)]),
      onDeferred: (bytes) => {
        if (bytes > 0 && this.stats.bytes + bytes > this.limits.maxBytes) return false;
        this.stats.bytes += bytes;
        if (bytes > 0) this.stats.deferred += 1;
        return true;
      },
    });
    this.topics.set(name, topic);
    this.stats.topics = this.topics.size;
    this.stats.bytes += COST_BYTES + Buffer.byteLength(name);
    this.wire.open(name);
    return topic;
  }

  /** The first publication, when it is there or comes soon, goes out together with the mark. */
  private await(subscription: TopicSubscription): void {
    subscription.move('open');
    if (subscription.holds) this.mark(subscription);
    else subscription.timer = setTimeout(() => this.mark(subscription), MARKER_WAIT_MS);
  }

  private mark(subscription: TopicSubscription): void {
    subscription.move('marked');
    subscription.markedAt = performance.now();
    this.marked.set(subscription.mark, subscription);
    if (!this.wire.write(subscription.topic, [encodeMarker(subscription.mark), ...this.release(subscription)]))
      this.lost(subscription.topic);
  }

  /** @returns false when too much of the topic waits: what arrived is lost */
  private arrive(topic: LocalTopic, entry: TopicEntry | undefined): boolean {
    switch (entry?.kind) {
      case 'payload':
        return topic.take(entry);
      case 'slow':
        topic.slow(entry.waitMs);
        return true;
      case 'marker': {
        const subscription = this.marked.get(entry.mark);
        // Marks of other nodes pass here too.
        if (subscription === undefined || !topic.subscriptions.has(subscription)) return true;
        // It came back, and from now on awaits its turn alone.
        this.marked.delete(entry.mark);
        return topic.take({ marked: subscription });
      }
      default:
        return true;
    }
  }

  private deliver({ name, subscriptions, confirmedCount }: LocalTopic, payload: Buffer): void {
    for (const subscription of subscriptions) {
      if (subscription.state !== 'hearing') continue;
      this.stats.delivered += 1;
      this.guard(() => subscription.client.listener.onPayload(name, payload, confirmedCount));
    }
  }

  private end(subscription: TopicSubscription): void {
    const { client, topic: name } = subscription;
    const topic = this.topics.get(name) as LocalTopic;
    if (subscription.state === 'hearing') topic.confirmedCount -= 1;
    subscription.move('ended');
    this.marked.delete(subscription.mark);
    client.subscriptions.delete(name);
    topic.subscriptions.delete(subscription);
    this.stats.subscriptions -= 1;
    this.stats.bytes -= COST_BYTES;
    this.account(client, name, -1);
    if (topic.subscriptions.size > 0) return;
    this.topics.delete(name);
    topic.close();
    this.stats.topics = this.topics.size;
    this.stats.bytes -= COST_BYTES + Buffer.byteLength(name);
    this.wire.close(name);
  }

  private gap(client: LocalTopicClient): void {
    if (client.gone) return;
    this.leave(client);
    this.stats.gaps += 1;
    this.guard(() => client.listener.onGap());
  }

  /** A mark that does not come back was lost on a way that nobody heard of. */
  private expireUnconfirmed(): void {
    const since = performance.now() - MARKER_TIMEOUT_MS;
    for (const subscription of this.marked.values()) {
      if (subscription.markedAt > since) return;
      this.gap(subscription.client);
    }
  }

  private hold(subscription: TopicSubscription, entry: Buffer): void {
    if (subscription.client.heldBytes + entry.length > MAX_HELD_BYTES) this.refuse('too_much_waits');
    if (!this.shares.allows(subscription.client.owner, 0, entry.length)) this.refuse('share_used_up');
    if (this.stats.bytes + entry.length > this.limits.maxBytes) this.refuse('node_full');
    this.stats.bytes += entry.length;
    this.shares.add(subscription.client.owner, 0, entry.length);
    subscription.hold(entry);
  }

  private release(subscription: TopicSubscription): readonly Buffer[] {
    const held = subscription.release();
    const bytes = held.reduce((sum, entry) => sum + entry.length, 0);
    this.stats.bytes -= bytes;
    this.shares.add(subscription.client.owner, 0, -bytes);
    return held;
  }

  /** Counts a subscription for its client and owner, or one that ended. */
  private account(client: LocalTopicClient, name: string, subscriptions: 1 | -1): void {
    const bytes = subscriptions * (COST_BYTES + Buffer.byteLength(name));
    client.bytes += bytes;
    this.shares.add(client.owner, subscriptions, bytes);
  }

  private refuse(code: TopicRefusal): never {
    this.stats.refused += 1;
    throw new TopicRefused(code);
  }

  private guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.onError(error);
    }
  }
}
