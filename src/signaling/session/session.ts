import {
  CLOSE_CODES,
  type ConnectionId,
  ERRORS,
  type ErrorCode,
  type Limits,
  type PeerId,
  ProtocolError,
  type RoomId,
  type ServerMessage,
  type SessionId,
} from '@parley/protocol';
import type { Principal } from '../../auth/principal.js';
import { TokenBucket } from '../../rate-limit/token-bucket.js';
import type { Actor } from '../../rooms/moderation/actor.js';
import type { ClientSocket } from '../../websocket/client-socket.js';
import type { QuotaLease } from '../../websocket/connection-quota.js';
import type { WheelEntry } from '../../websocket/heartbeat-wheel.js';
import { SendBacklog } from '../../websocket/send-backlog.js';
import type { ErrorContext } from '../codec/client-message.schema.js';

/** Malformed frames per minute that are answered; one more closes the socket. */
const MAX_FAULTS_PER_MINUTE = 10;
/** Rate-limited frames per minute that are answered; one more closes the socket. */
const MAX_REFUSALS = 200;
/** The client is warned when this many are left of either allowance, early enough to slow down. */
const WARN_AT_REFUSALS = 100;
const WARN_AT_FAULTS = 3;

const NOTHING = Buffer.alloc(0);
const NO_ROOMS: ReadonlyMap<RoomId, PeerId> = new Map();

/** The identity of a session, known once `hello` was accepted. */
export interface SessionInfo {
  readonly session: SessionId;
  readonly attempt: number;
  /** Whether the client asked for heartbeats as frames, which its code can see, instead of WebSocket pings. */
  readonly answersPings: boolean;
}

/** Returns the actor that a moderation request of a session is attributed to. */
export const actorOf = ({ principal, address }: Pick<Session, 'principal' | 'address'>): Actor => ({
  principal,
  ip: address ?? null,
});

/**
 * Handles one frame of a session. The frame's bytes are valid until it returns; a returned promise delays the frames
 * behind it.
 */
export type FrameHandler = (frame: Buffer, session: Session) => void | Promise<void>;

/**
 * A client's session on one socket: `new` → `hello` → `on` → `closed`. Frames are handled in order, and only `hello`
 * is accepted before `on`. It is the only writer to its socket, depends on no framework, and owns no timer: the
 * registry calls it with each heartbeat.
 */
export class Session implements WheelEntry {
  state: 'new' | 'hello' | 'on' | 'closed' = 'new';
  principal!: Principal;
  info!: SessionInfo;
  // Every field is initialized, also to undefined, so that V8 has one shape for all sessions (docs/performance.md).
  /** The client's IP address; undefined when it is not known. */
  address: string | undefined = undefined;
  lastActivity: number;
  tokenWarned = false;
  /** Whether it sent a `join`: without one, a first socket has no peer anywhere. */
  askedToJoin = false;
  /** The socket's share of its address's connection quota; undefined without a quota. */
  quotaLease: QuotaLease | undefined = undefined;
  /** The frame rate that all sessions of the user share on this node. */
  userFrames: TokenBucket | undefined = undefined;
  /** The code that the server closed the socket with; undefined while it is open, or when the client closed it. */
  endedWith: number | undefined = undefined;
  readonly openedAt: number;
  /** When to replace its TURN credentials, milliseconds since the Unix epoch; undefined: never. */
  renewIceAt: number | undefined = undefined;
  slot: number | undefined = undefined;

  private ownRooms: Map<RoomId, PeerId> | undefined = undefined;
  private inbox: Buffer[] | undefined = undefined;
  private busy = false;
  private readonly frames: TokenBucket;
  private readonly bytes: TokenBucket;
  private readonly backlog: SendBacklog;
  // Created on first use, to keep idle sessions small: a bucket that was never used would be full anyway.
  private ownRequests: TokenBucket | undefined = undefined;
  private ownChats: TokenBucket | undefined = undefined;
  private ownBroadcasts: TokenBucket | undefined = undefined;
  private faults: TokenBucket | undefined = undefined;
  private refusals: TokenBucket | undefined = undefined;
  private onClosed: ((session: Session) => void) | undefined = undefined;

  constructor(
    readonly connection: ConnectionId,
    private readonly socket: ClientSocket,
    private readonly limits: Limits,
    private readonly handler: FrameHandler,
    private readonly now: () => number,
  ) {
    const start = now();
    this.openedAt = start;
    this.lastActivity = start;
    this.backlog = new SendBacklog(socket, now);
    this.frames = new TokenBucket(limits.frameBurst, limits.framesPerSecond, start);
    this.bytes = new TokenBucket(limits.byteBurst, limits.bytesPerSecond, start);
  }

  /** The rooms that the session is in, each with its peer id there. */
  get rooms(): ReadonlyMap<RoomId, PeerId> {
    return this.ownRooms ?? NO_ROOMS;
  }

  entered(room: RoomId, peer: PeerId): void {
    this.ownRooms ??= new Map();
    this.ownRooms.set(room, peer);
  }

  left(room: RoomId): void {
    this.ownRooms?.delete(room);
  }

  /** The rate of requests that query a store and have no rate of their own. */
  get requests(): TokenBucket {
    this.ownRequests ??= new TokenBucket(this.limits.requestBurst, this.limits.requestsPerSecond, this.now());
    return this.ownRequests;
  }

  get chats(): TokenBucket {
    this.ownChats ??= new TokenBucket(this.limits.chatBurst, this.limits.chatsPerSecond, this.now());
    return this.ownChats;
  }

  get broadcasts(): TokenBucket {
    this.ownBroadcasts ??= new TokenBucket(this.limits.broadcastBurst, this.limits.broadcastsPerSecond, this.now());
    return this.ownBroadcasts;
  }

  /** Receives a frame from the socket, whose bytes are valid until this returns. */
  receive(frame: Buffer): void {
    if (this.state === 'closed') return;
    this.lastActivity = this.now();
    if (!this.frames.take(this.lastActivity)) return this.refuse(frame, this.frames.waitMs());
    if (!this.bytes.take(this.lastActivity, frame.length)) return this.refuse(frame, this.bytes.waitMs(frame.length));
    if (this.userFrames?.take(this.lastActivity) === false) return this.refuse(frame, this.userFrames.waitMs());
    const ofAddress = this.quotaLease?.frames;
    if (ofAddress?.take(this.lastActivity) === false) return this.refuse(frame, ofAddress.waitMs());
    if (!this.busy) return this.handle(frame);
    this.inbox ??= [];
    if (this.inbox.length >= this.limits.maxPendingFrames) return this.refuse(frame, 1000);
    // Copied: the socket reuses the bytes once this returns.
    this.inbox.push(Buffer.from(frame));
  }

  /** Records activity other than a frame. */
  markActive(): void {
    this.lastActivity = this.now();
  }

  /**
   * Receives a WebSocket ping or pong, which counts towards the frame rate.
   * @returns false when it must not be answered: there are too many, or the client reads too slowly
   */
  control(): boolean {
    if (this.state === 'closed') return false;
    this.lastActivity = this.now();
    if (!this.frames.take(this.lastActivity)) {
      this.refuse(NOTHING, this.frames.waitMs());
      return false;
    }
    return !this.endIfSlow();
  }

  /** Sends a message without a body. */
  send(message: ServerMessage): void {
    this.sendFrame(JSON.stringify(message));
  }

  /** Sends a frame of another client. @returns false when it was dropped because the client reads too slowly */
  offerFrame(frame: Buffer | string): boolean {
    if (this.backlog.isLong()) return false;
    if (this.state !== 'closed') this.socket.send(frame);
    return true;
  }

  /** Sends an encoded frame. */
  sendFrame(frame: Buffer | string): void {
    if (this.state === 'closed') return;
    this.socket.send(frame);
    this.endIfSlow();
  }

  /** Sends an error for a request that failed, or a signal that was not delivered. */
  sendError(fault: ProtocolError | ErrorCode, about: ErrorContext = {}): void {
    const code = typeof fault === 'string' ? fault : fault.code;
    const retryAfterMs = typeof fault === 'string' ? undefined : fault.details.retryAfterMs;
    this.send({
      type: 'error',
      ...(about.re !== undefined && { re: about.re }),
      ...(about.to !== undefined && { to: about.to as PeerId }),
      ...(about.seq !== undefined && { seq: about.seq }),
      ...(about.room !== undefined && { room: about.room as RoomId }),
      code,
      message: typeof fault === 'string' ? ERRORS[fault].message : fault.message,
      retryable: ERRORS[code].retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  /** Counts a frame that violates PROTOCOL.md; too many close the socket, and the client must not reconnect. */
  fault(): void {
    this.faults ??= new TokenBucket(MAX_FAULTS_PER_MINUTE, MAX_FAULTS_PER_MINUTE / 60, this.now());
    if (!this.faults.take(this.now())) return this.close(CLOSE_CODES.badMessage, 'too many malformed frames');
    this.warn('bad_message', this.faults.left, WARN_AT_FAULTS);
  }

  /** Sends a heartbeat: a `ping` frame if the client asked for it, otherwise a WebSocket ping. */
  heartbeat(): void {
    if (this.state === 'on' && this.info.answersPings) this.send({ type: 'ping' });
    else this.socket.ping();
  }

  /** Closes the socket with a code and reason. Safe to call again. */
  close(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.endedWith = code;
    this.socket.close(code, reason);
    this.closed();
  }

  /** Closes the socket without waiting for the closing handshake, which a dead client would not answer. */
  terminate(code: number, reason: string): void {
    this.close(code, reason);
    this.socket.terminate();
  }

  /** Ends the session once the socket is closed, by either side. */
  closed(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.inbox = undefined;
    this.onClosed?.(this);
  }

  /** Sets the listener called once, when the session ends on this socket. */
  whenClosed(listener: (session: Session) => void): void {
    this.onClosed = listener;
  }

  /** Terminates a slow reader, so that it reconnects instead of holding memory. Called per heartbeat and frame sent. */
  endIfSlow(): boolean {
    if (!this.backlog.isTooLong()) return false;
    this.terminate(CLOSE_CODES.slowConsumer, 'the client reads too slowly');
    return true;
  }

  private handle(frame: Buffer): void {
    const pending = this.handler(frame, this);
    if (pending === undefined) return;
    this.busy = true;
    void pending.finally(() => {
      this.busy = false;
      this.drainInbox();
    });
  }

  private drainInbox(): void {
    while (!this.busy && this.state !== 'closed') {
      const next = this.inbox?.shift();
      if (next === undefined) return;
      this.handle(next);
    }
  }

  private refuse(frame: Buffer, retryAfterMs: number): void {
    this.refusals ??= new TokenBucket(MAX_REFUSALS, MAX_REFUSALS / 60, this.lastActivity);
    if (!this.refusals.take(this.lastActivity)) {
      return this.close(CLOSE_CODES.rateLimited, 'too many frames');
    }
    this.sendError(new ProtocolError('rate_limited', undefined, { retryAfterMs }), this.describe(frame));
    this.warn('rate_limited', this.refusals.left, WARN_AT_REFUSALS);
  }

  private warn(code: 'rate_limited' | 'bad_message', left: number, at: number): void {
    if (left === at) this.send({ type: 'warning', code, left });
  }

  /** Extracts the error context of an unhandled frame; set by the router, as the session cannot parse headers. */
  describe: (frame: Buffer) => ErrorContext = () => ({});
}
