import { rethrow } from '../bus/handler-registry.js';
import { newSmallBatch } from '../bus/transport/batch.js';
import { Outbox } from '../bus/transport/outbox.js';
import { LocalTopics } from './local-topics.js';
import type { TopicOwner } from './topic-shares.js';
import { TOPIC_LIMITS, type TopicClient, type TopicLimits, type TopicListener, type Topics } from './topics.js';

/** Joins the memory topics of one process: each stands for one node. */
export class MemoryTopicsHub {
  private readonly nodes = new Set<MemoryTopics>();
  private readonly cut = new Set<MemoryTopics>();

  /** Takes a node off the network, as a lost Redis would. */
  isolate(node: MemoryTopics): void {
    this.cut.add(node);
    node.onIsolated();
  }

  restore(node: MemoryTopics): void {
    this.cut.delete(node);
    node.onRestored();
  }

  /** @internal */
  add(node: MemoryTopics): void {
    this.nodes.add(node);
  }

  /** @internal */
  remove(node: MemoryTopics): void {
    this.nodes.delete(node);
    this.cut.delete(node);
  }

  /** @internal */
  reaches(node: MemoryTopics): boolean {
    return !this.cut.has(node);
  }

  /** @internal */
  carry(topic: string, entries: readonly Buffer[]): void {
    for (const node of this.nodes) if (this.reaches(node)) node.take(topic, entries);
  }
}

/** The topics of a process that stands alone, or shares a {@link MemoryTopicsHub} with others in a test. */
export class MemoryTopics implements Topics {
  private readonly wanted = new Set<string>();
  private readonly outbox = new Outbox<string>((topic, batch) => {
    if (this.hub.reaches(this)) this.hub.carry(topic, batch.messages);
    else this.local.lost(topic);
  }, newSmallBatch);
  private readonly local: LocalTopics;

  /** @param onError is told of a listener that threw. Default: an uncaught exception. */
  constructor(
    limits: TopicLimits = TOPIC_LIMITS,
    private readonly hub: MemoryTopicsHub = new MemoryTopicsHub(),
    onError: (error: unknown) => void = rethrow,
  ) {
    this.local = new LocalTopics(
      {
        open: (topic) => {
          this.wanted.add(topic);
          if (hub.reaches(this)) queueMicrotask(() => this.local.opened(topic));
        },
        close: (topic) => this.wanted.delete(topic),
        write: (topic, entries) => hub.reaches(this) && entries.every((entry) => this.outbox.put(topic, entry)),
      },
      limits,
      onError,
    );
    hub.add(this);
  }

  get stats() {
    return this.local.stats;
  }

  join(listener: TopicListener, owner?: TopicOwner): TopicClient {
    return this.local.join(listener, owner);
  }

  close(): Promise<void> {
    this.hub.remove(this);
    this.outbox.clear();
    this.local.close();
    return Promise.resolve();
  }

  /** @internal */
  take(topic: string, entries: readonly Buffer[]): void {
    this.local.receive(topic, entries);
  }

  /** @internal */
  onIsolated(): void {
    for (const topic of [...this.wanted]) this.local.lost(topic);
  }

  /** @internal */
  onRestored(): void {
    for (const topic of [...this.wanted]) this.local.opened(topic);
  }
}
