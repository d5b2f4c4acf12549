import { randomBytes } from 'node:crypto';
import { decodeEntry, encodeMarker, encodePayload } from './topic-entry.js';
import { type Party, Place } from './topic-subscription.js';
import {
  MARKER_WAIT_MS,
  MAX_HELD_BYTES,
  type TopicLimits,
  type TopicListener,
  type TopicMember,
  type TopicRefusal,
  TopicRefused,
  type TopicStats,
} from './topics.js';

/** What carries topics between nodes, in one order for each topic. */
export interface TopicWire {
  /** Begins to listen, for as long as that takes; says so by {@link LocalTopics.opened}. */
  open(topic: string): void;
  close(topic: string): void;
  /** Sends entries in one piece. False: they were not taken. What is lost later: {@link LocalTopics.lost}. */
  write(topic: string, entries: readonly Buffer[]): boolean;
}

interface Topic {
  readonly name: string;
  readonly places: Set<Place>;
  /** The wire has acknowledged that this node listens. */
  open: boolean;
  hearing: number;
  /** When what was delivered is within the rate again, monotonic milliseconds. */
  paidAt: number;
  /** Publications of this node that count already, and are still to be delivered. */
  prepaid: number;
}

/** How long a mark may be under way before the place that waits for it counts as deaf. */
const MARK_PATIENCE_MS = 3_000;
/** What a topic, or a subscription, counts beside its name. */
const COST_BYTES = 256;

/**
 * Who on this node is subscribed to what, whatever carries the topics. A party hears what follows its own mark in
 * the topic, and its first publication leaves in one piece with that mark: so the wire's order is everybody's.
 */
export class LocalTopics {
  readonly stats: TopicStats = {
    topics: 0,
    subscriptions: 0,
    bytes: 0,
    published: 0,
    delivered: 0,
    refused: 0,
    gaps: 0,
  };
  private readonly topics = new Map<string, Topic>();
  /** Places whose mark is under way, the oldest first. */
  private readonly marked = new Map<string, Place>();
  private readonly life = randomBytes(12).toString('base64url');
  private marks = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly wire: TopicWire,
    private readonly limits: TopicLimits,
    private readonly onError: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => this.giveUpTheDeaf(), MARK_PATIENCE_MS / 3);
    this.timer.unref();
  }

  join(listener: TopicListener): TopicMember {
    const party: Party = { listener, places: new Map(), heldBytes: 0, gone: false };
    return {
      subscribe: (topic) => this.subscribe(party, topic),
      unsubscribe: (topic) => this.unsubscribe(party, topic),
      publish: (topic, payload) => this.publish(party, topic, payload),
      leave: () => this.leave(party),
    };
  }

  /** The wire listens to a topic from now on. */
  opened(name: string): void {
    const topic = this.topics.get(name);
    if (topic === undefined || topic.open) return;
    topic.open = true;
    for (const place of topic.places) this.await(place);
  }

  /** The wire brought entries; in the order in which every node gets them. */
  receive(name: string, entries: readonly Buffer[]): void {
    const topic = this.topics.get(name);
    if (topic === undefined) return;
    for (const bytes of entries) {
      const entry = decodeEntry(bytes);
      if (entry?.kind === 'marker') this.hear(topic, entry.mark);
      else if (entry?.kind === 'payload') this.deliver(topic, entry.payload);
    }
  }

  /** Entries of a topic were lost, or may have been: whoever hears it, or has told others something, begins anew. */
  lost(name: string): void {
    for (const place of this.topics.get(name)?.places ?? []) if (place.state !== 'waiting') this.gap(place.party);
  }

  close(): void {
    clearInterval(this.timer);
    for (const topic of this.topics.values()) for (const { party } of topic.places) this.leave(party);
  }

  private subscribe(party: Party, name: string): Promise<boolean> {
    if (party.gone) return Promise.resolve(false);
    const known = party.places.get(name);
    if (known !== undefined) return known.heard;
    this.admit(party, name);
    const topic = this.topics.get(name) ?? this.begin(name);
    this.marks += 1;
    const place = new Place(party, name, `${this.life}${this.marks.toString(36)}`);
    topic.places.add(place);
    party.places.set(name, place);
    this.stats.subscriptions += 1;
    this.stats.bytes += COST_BYTES;
    if (topic.open) this.await(place);
    return place.heard;
  }

  private unsubscribe(party: Party, name: string): void {
    const place = party.places.get(name);
    if (place === undefined) return;
    const held = this.release(place);
    this.end(place);
    if (held.length > 0) this.wire.write(name, held);
  }

  private publish(party: Party, name: string, payload: Buffer): number {
    if (party.gone) return 0;
    const entry = encodePayload(payload);
    const place = party.places.get(name);
    if (place?.state === 'waiting' || place?.state === 'open') {
      this.hold(place, entry);
      if (place.state === 'open') this.mark(place);
    } else if (!this.wire.write(name, [entry])) {
      this.lost(name);
      this.refuse('unavailable');
    }
    this.stats.published += 1;
    const topic = this.topics.get(name);
    if (topic === undefined) return 0;
    topic.prepaid += 1;
    return this.charge(topic);
  }

  private leave(party: Party): void {
    party.gone = true;
    for (const place of party.places.values()) {
      this.release(place);
      this.end(place);
    }
  }

  /** @throws TopicRefused */
  private admit(party: Party, name: string): void {
    const { maxTopicBytes, maxTopicsPerMember, maxTopics, maxBytes } = this.limits;
    const bytes = Buffer.byteLength(name);
    if (bytes > maxTopicBytes) this.refuse('topic_too_long');
    if (party.places.size >= maxTopicsPerMember) this.refuse('too_many_topics');
    if (!this.topics.has(name) && this.topics.size >= maxTopics) this.refuse('node_full');
    if (this.stats.bytes + bytes + 2 * COST_BYTES > maxBytes) this.refuse('node_full');
  }

  private begin(name: string): Topic {
    const topic: Topic = { name, places: new Set(), open: false, hearing: 0, paidAt: 0, prepaid: 0 };
    this.topics.set(name, topic);
    this.stats.topics = this.topics.size;
    this.stats.bytes += COST_BYTES + Buffer.byteLength(name);
    this.wire.open(name);
    return topic;
  }

  /** The first publication, when it is there or comes soon, goes out together with the mark. */
  private await(place: Place): void {
    place.move('open');
    if (place.holds) this.mark(place);
    else place.timer = setTimeout(() => this.mark(place), MARKER_WAIT_MS);
  }

  private mark(place: Place): void {
    place.move('marked');
    place.markedAt = performance.now();
    this.marked.set(place.mark, place);
    if (!this.wire.write(place.topic, [encodeMarker(place.mark), ...this.release(place)])) this.lost(place.topic);
  }

  private hear(topic: Topic, mark: string): void {
    const place = this.marked.get(mark);
    // Marks of other nodes pass here too.
    if (place === undefined || !topic.places.has(place)) return;
    this.marked.delete(mark);
    place.move('hearing');
    topic.hearing += 1;
  }

  private deliver(topic: Topic, payload: Buffer): void {
    const { name, places, hearing } = topic;
    if (topic.prepaid > 0) topic.prepaid -= 1;
    else this.charge(topic);
    for (const place of places) {
      if (place.state !== 'hearing') continue;
      this.stats.delivered += 1;
      this.guard(() => place.party.listener.onPayload(name, payload, hearing));
    }
  }

  /**
   * One publication is as many deliveries as there are subscribers. Those of this node count at once, so that a burst
   * is seen before it is delivered.
   * @returns how long whoever publishes has to wait for what they cost, milliseconds
   */
  private charge(topic: Topic): number {
    const { burst, perSecond } = this.limits.deliveries;
    const now = performance.now();
    topic.paidAt = Math.max(topic.paidAt, now) + (topic.hearing * 1000) / perSecond;
    return Math.max(0, Math.ceil(topic.paidAt - now - (burst * 1000) / perSecond));
  }

  private end(place: Place): void {
    const { party, topic: name } = place;
    const topic = this.topics.get(name) as Topic;
    if (place.state === 'hearing') topic.hearing -= 1;
    place.move('ended');
    this.marked.delete(place.mark);
    party.places.delete(name);
    topic.places.delete(place);
    this.stats.subscriptions -= 1;
    this.stats.bytes -= COST_BYTES;
    if (topic.places.size > 0) return;
    this.topics.delete(name);
    this.stats.topics = this.topics.size;
    this.stats.bytes -= COST_BYTES + Buffer.byteLength(name);
    this.wire.close(name);
  }

  private gap(party: Party): void {
    if (party.gone) return;
    this.leave(party);
    this.stats.gaps += 1;
    this.guard(() => party.listener.onGap());
  }

  /** A mark that does not come back was lost on a way that nobody heard of. */
  private giveUpTheDeaf(): void {
    const since = performance.now() - MARK_PATIENCE_MS;
    for (const place of this.marked.values()) {
      if (place.markedAt > since) return;
      this.gap(place.party);
    }
  }

  private hold(place: Place, entry: Buffer): void {
    if (place.party.heldBytes + entry.length > MAX_HELD_BYTES) this.refuse('too_much_waits');
    if (this.stats.bytes + entry.length > this.limits.maxBytes) this.refuse('node_full');
    this.stats.bytes += entry.length;
    place.hold(entry);
  }

  private release(place: Place): readonly Buffer[] {
    const held = place.release();
    for (const entry of held) this.stats.bytes -= entry.length;
    return held;
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
