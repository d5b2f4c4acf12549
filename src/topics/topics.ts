import type { TopicOwner } from './topic-shares.js';

/**
 * Named topics over any number of nodes: what is published to a topic reaches each of its subscribers, the publisher
 * too when it is one, in one order that is the same for all. Nothing is kept; at most once.
 *
 * The order is a promise that clients rely on who announce themselves once (docs/adr/0007): of two that subscribe and
 * publish at the same moment at least one hears the other; and when each one's first publication was there before its
 * subscription was acknowledged, or follows within {@link MARKER_WAIT_MS}, exactly one does.
 */
export interface Topics {
  /**
   * Somebody who will subscribe and publish: one socket of a client.
   * @param owner whose share of the node's topics it uses; default: nobody's
   */
  join(listener: TopicListener, owner?: TopicOwner): TopicClient;

  readonly stats: TopicStats;

  close(): Promise<void>;
}

/** One party of the topics. Whatever it does takes effect in the order in which it did it, topic by topic. */
export interface TopicClient {
  /**
   * Subscribes; again is no fault and changes nothing.
   * @returns true once what is published from now on will be heard; false when that was given up before
   * @throws TopicRefused
   */
  subscribe(topic: string): Promise<boolean>;

  /** Ends a subscription; without one it does nothing. What was published before still goes out. */
  unsubscribe(topic: string): void;

  /**
   * Publishes, also without being subscribed. What is published to a topic whose subscription is not acknowledged
   * waits for that.
   * @returns 0, or the milliseconds to wait before the next one: the topic delivers more than its rate on this node
   * @throws TopicRefused `too_much_waits`; `unavailable` when it could not be taken
   */
  publish(topic: string, payload: Buffer): number;

  /** Ends all subscriptions. Safe to call again. */
  leave(): void;
}

export interface TopicListener {
  /** @param subscribers how many of this node get the same payload, the same bytes */
  onPayload(topic: string, payload: Buffer, subscribers: number): void;
  /**
   * Payloads were, or may have been, lost: in either direction. The member has left all topics; whoever wants to go
   * on joins anew, and says anew what others have to know.
   */
  onGap(): void;
}

export interface TopicLimits {
  /** Length of a topic's name in UTF-8. */
  readonly maxTopicBytes: number;
  readonly maxTopicsPerClient: number;
  /** Names and subscriptions of one client. */
  readonly maxBytesPerClient: number;
  /** Subscriptions of all clients of an address, and of a user, on this node. */
  readonly maxTopicsPerAddress: number;
  readonly maxTopicsPerUser: number;
  /** Topics with a subscriber on this node. */
  readonly maxTopics: number;
  /** Names of this node's topics and payloads that wait, all together. */
  readonly maxBytes: number;
  /** Deliveries of one topic to the subscribers of this node: so many at once, so many a second in the long run. */
  readonly deliveries: { readonly burst: number; readonly perSecond: number };
}

export const TOPIC_LIMITS: TopicLimits = {
  maxTopicBytes: 512,
  maxTopicsPerClient: 1_024,
  maxBytesPerClient: 768 * 1024,
  maxTopicsPerAddress: 5_000,
  maxTopicsPerUser: 5_000,
  maxTopics: 20_000,
  maxBytes: 32 * 1024 * 1024,
  deliveries: { burst: 20_000, perSecond: 10_000 },
};

/** Bytes that may wait for one member until its subscriptions are acknowledged. */
export const MAX_HELD_BYTES = 512 * 1024;

/** How long a fresh subscription waits for its first publication, so that both go out in one piece. */
export const MARKER_WAIT_MS = 20;

export type TopicRefusal =
  | 'topic_too_long'
  | 'too_many_topics'
  | 'share_used_up'
  | 'node_full'
  | 'too_much_waits'
  | 'unavailable';

/** It was not done, and changed nothing. */
export class TopicRefused extends Error {
  override readonly name = 'TopicRefused';
  constructor(readonly code: TopicRefusal) {
    super(code);
  }
}

/** What the topics of a node are and have done; read by metrics. */
export interface TopicStats {
  topics: number;
  subscriptions: number;
  /** Names, and payloads that wait. */
  bytes: number;
  published: number;
  delivered: number;
  /** Subscriptions and publications refused for a limit. */
  refused: number;
  /** Payloads of other nodes that were delivered later, for the rate of their topic. */
  deferred: number;
  /** Members that had to begin anew because something may have been lost. */
  gaps: number;
}

export const emptyTopicStats = (): TopicStats => ({
  topics: 0,
  subscriptions: 0,
  bytes: 0,
  published: 0,
  delivered: 0,
  refused: 0,
  deferred: 0,
  gaps: 0,
});
