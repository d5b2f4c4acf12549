import { CLOSE_CODES } from '@parley/protocol';
import { decideForTopic } from '../../auth/policy.js';
import type { Principal } from '../../auth/principal.js';
import { type TopicClient, type TopicListener, TopicRefused, type Topics } from '../../topics/topics.js';
import type { BridgeClient, BridgeSocket } from '../bridge.js';
import { type Admission, REFUSED } from './admission.js';
import { type ClientFrame, PONG, payloadOf, readFrame } from './frames.js';
import type { IdleClients } from './idle-clients.js';
import { REFUSAL_IDLE_MS, REFUSALS } from './topic-refusals.js';

/** What is counted of all visitors. */
export interface YWebrtcCounters extends Record<string, number> {
  /** Frames that were none of this protocol; they are ignored. */
  strangeFrames: number;
  /** Topics that were refused, for a limit or for a token of other rooms, and what was published there. */
  refusedTopics: number;
  /** Clients that were not let in. */
  refusedClients: number;
}

/** What the visitors of the bridge share. */
export interface YWebrtcHost {
  readonly topics: Topics;
  readonly counters: YWebrtcCounters;
  readonly idleClients: IdleClients;
  /** Topics that a socket may have; no frame names more. */
  readonly maxTopics: number;
  /** The frame for a subscriber; the same for all who get the same payload. */
  echo(payload: Buffer, clients: number): Buffer;
}

/** Before the names of all topics, so that no other bridge's are reached by any name. */
const NAMESPACE = 'y-webrtc:';
/** The most that a client waits when its topic delivers too much: without a pong for 30 s it would hang up. */
const MAX_WAIT_MS = 2_000;

/**
 * One socket of a page, which has one for all its rooms. The protocol has no refusal: topics that a token does not allow are
 * ignored, a client beyond a limit is closed with a reason, after a while, and who is not let in idles. Announcements are made once, so a client that may have missed something is closed, comes
 * back and announces itself anew.
 */
export class YWebrtcClient implements BridgeClient, TopicListener {
  private topicClient: TopicClient | undefined;
  private principal: Principal | undefined;
  private isIn = false;
  private deciding: Promise<void> | undefined;

  /** @param admission a promise: frames wait for it */
  constructor(
    private readonly socket: BridgeSocket,
    private readonly host: YWebrtcHost,
    admission: Admission | Promise<Admission>,
  ) {
    if (!(admission instanceof Promise)) this.decide(admission);
    else {
      this.deciding = admission.then((decision) => {
        this.deciding = undefined;
        this.decide(decision);
      });
    }
  }

  receive(text: string): void | Promise<void> {
    return this.deciding === undefined ? this.handle(text) : this.deciding.then(() => this.handle(text));
  }

  closed(): void {
    this.topicClient?.leave();
    this.host.idleClients.forget(this.socket);
  }

  onPayload(_topic: string, payload: Buffer, clients: number): void {
    this.socket.push(this.host.echo(payload, clients));
  }

  onGap(): void {
    this.close(CLOSE_CODES.serviceRestart, 'signals may have been lost');
  }

  private decide(admission: Admission): void {
    this.isIn = admission.isIn && this.socket.admit(admission.principal);
    if (admission.isIn) this.principal = admission.principal;
    if (this.isIn) {
      this.topicClient = this.host.topics.join(this, { address: this.socket.address, user: this.principal?.user });
      return;
    }
    this.host.counters.refusedClients += 1;
    this.host.idleClients.keep(this.socket, admission.isIn ? REFUSED.idleMs : admission.idleMs);
  }

  private handle(text: string): void | Promise<void> {
    const frame = readFrame(text);
    if (frame === undefined) this.host.counters.strangeFrames += 1;
    else if (frame.type === 'ping') this.socket.send(PONG);
    else if (this.isIn) return this.act(frame, text);
  }

  private act(frame: Exclude<ClientFrame, { type: 'ping' }>, text: string): void | Promise<void> {
    if (frame.type === 'publish') return this.publish(frame.topic, text);
    // Each is compared with all rooms of a token: what is named beyond the limit is not looked at.
    if (frame.type === 'subscribe' && frame.topics.length > this.host.maxTopics)
      this.refused(new TopicRefused('too_many_topics'));
    for (const topic of frame.topics.slice(0, this.host.maxTopics)) {
      if (frame.type === 'unsubscribe') this.topicClient?.unsubscribe(NAMESPACE + topic);
      // When there is no room for one there is none for the next.
      else if (!this.subscribe(topic)) return;
    }
  }

  /** False: the client has, or the node has, as many as it may. */
  private subscribe(topic: string): boolean {
    if (!decideForTopic(this.principal, topic)) {
      this.host.counters.refusedTopics += 1;
      return true;
    }
    try {
      void this.topicClient?.subscribe(NAMESPACE + topic);
      return true;
    } catch (error) {
      return this.refused(error).code === 'topic_too_long';
    }
  }

  private publish(topic: string, text: string): void | Promise<void> {
    if (!decideForTopic(this.principal, topic)) {
      this.host.counters.refusedTopics += 1;
      return;
    }
    try {
      const waitMs = this.topicClient?.publish(NAMESPACE + topic, payloadOf(text)) ?? 0;
      if (waitMs > 0) return new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, MAX_WAIT_MS)));
    } catch (error) {
      // What was said is lost, and will not be said again: unless the client begins anew.
      this.close(CLOSE_CODES.unavailable, REFUSALS[this.refused(error).code].reason);
    }
  }

  private refused(error: unknown): TopicRefused {
    if (!(error instanceof TopicRefused)) throw error;
    this.host.counters.refusedTopics += 1;
    const { code, reason } = REFUSALS[error.code];
    this.host.idleClients.closeLater(this.socket, REFUSAL_IDLE_MS, code, reason);
    return error;
  }

  private close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }
}
