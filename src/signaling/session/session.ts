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

/** Bad frames that are answered within a minute; the next one closes the socket. */
const MAX_FAULTS_PER_MINUTE = 10;
/** Refused frames that are answered before the socket is closed. */
const MAX_REFUSALS = 200;
/** So many before the end of either the client is warned: time enough to slow down. */
const WARN_AT_REFUSALS = 100;
const WARN_AT_FAULTS = 3;

const NOTHING = Buffer.alloc(0);
const NO_ROOMS: ReadonlyMap<RoomId, PeerId> = new Map();

/** Who a session is, once `hello` was accepted. */
export interface SessionInfo {
  readonly session: SessionId;
  readonly attempt: number;
  /** It asked for heartbeats that its code can see. */
  readonly answersPings: boolean;
}

/** Who acts when a session's frame does, and from where. */
export const actorOf = ({ principal, address }: Pick<Session, 'principal' | 'address'>): Actor => ({
  principal,
  ip: address ?? null,
});

/**
 * What a session does with a frame, whose bytes are its own until it returns. A returned promise holds back the frames
 * behind it.
 */
export type FrameHandler = (frame: Buffer, session: Session) => void | Promise<void>;

/**
 * One client's conversation, as far as this socket carries it: `new` → `hello` → `on` → `closed`.
 * Frames are handled one after another; nothing but `hello` is looked at before `on`. It is the only writer
 * to its socket, knows no framework, and owns no timer: the registry's clock drives it.
 */
export class Session implements WheelEntry {
  state: 'new' | 'hello' | 'on' | 'closed' = 'new';
  principal!: Principal;
  info!: SessionInfo;
  // Each field is set when a session is made, to undefined too: one shape of all sessions. Of several, in whatever order
  // their fields came, a relay cost a fifth more.
  /** Where the socket comes from; undefined: not known. */
  address: string | undefined = undefined;
  lastActivity: number;
  tokenWarned = false;
  /** The socket's place in the count of its address; undefined where nobody counts. */
  quotaLease: QuotaLease | undefined = undefined;
  /** What all sessions of the user share on this node. */
  userFrames: TokenBucket | undefined = undefined;
  /** The code that we closed it with; undefined: the other side did, or it is open. */
  endedWith: number | undefined = undefined;
  readonly openedAt: number;
  /** When its TURN credentials are to be replaced, milliseconds since the Unix epoch; undefined: never. */
  renewIceAt: number | undefined = undefined;
  slot: number | undefined = undefined;

  private ownRooms: Map<RoomId, PeerId> | undefined = undefined;
  private inbox: Buffer[] | undefined = undefined;
  private busy = false;
  private readonly frames: TokenBucket;
  private readonly bytes: TokenBucket;
  private readonly backlog: SendBacklog;
  // Made when they are first asked for: an idle session is in no room, and most never chat, broadcast or err. A full one is what it would be.
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

  /** The rooms this socket's client is in, each with its peer id there. */
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

  /** For what asks a store, and has no rate of its own. */
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

  /** A frame from the socket: its bytes are the session's until this returns. */
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
    // Its bytes are the socket's again when this returns.
    this.inbox.push(Buffer.from(frame));
  }

  /** Any sign of life that is not a frame. */
  markActive(): void {
    this.lastActivity = this.now();
  }

  /** A ping or a pong: a sign of life, and a frame that counts. False: there are too many, or no room for an answer. */
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

  /** Passes on a frame of another client; false: too much is unsent, and this was not taken. */
  offerFrame(frame: Buffer | string): boolean {
    if (this.backlog.isLong()) return false;
    if (this.state !== 'closed') this.socket.send(frame);
    return true;
  }

  /** Sends a whole frame as it is. */
  sendFrame(frame: Buffer | string): void {
    if (this.state === 'closed') return;
    this.socket.send(frame);
    this.endIfSlow();
  }

  /** Answers a request, or reports on a signal, that was not done. */
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

  /** Counts a frame that PROTOCOL.md does not allow; too many end the socket for good. */
  fault(): void {
    this.faults ??= new TokenBucket(MAX_FAULTS_PER_MINUTE, MAX_FAULTS_PER_MINUTE / 60, this.now());
    if (!this.faults.take(this.now())) return this.close(CLOSE_CODES.badMessage, 'too many bad frames');
    this.warn('bad_message', this.faults.left, WARN_AT_FAULTS);
  }

  /** Shows that the server lives, in the way the client can see. */
  heartbeat(): void {
    if (this.state === 'on' && this.info.answersPings) this.send({ type: 'ping' });
    else this.socket.ping();
  }

  /** Says why and closes. Safe to call again. */
  close(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.endedWith = code;
    this.socket.close(code, reason);
    this.closed();
  }

  /** The other side is gone, or was never heard: no closing handshake is worth waiting for. */
  terminate(code: number, reason: string): void {
    this.close(code, reason);
    this.socket.terminate();
  }

  /** The socket is closed, whoever began it. */
  closed(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.inbox = undefined;
    this.onClosed?.(this);
  }

  /** Called once, when the session is over on this socket. */
  whenClosed(listener: (session: Session) => void): void {
    this.onClosed = listener;
  }

  /** Called every heartbeat and with each frame: a reader that stays behind must come back, not hold memory. */
  endIfSlow(): boolean {
    if (!this.backlog.isTooLong()) return false;
    this.terminate(CLOSE_CODES.slowConsumer, 'too much is unsent');
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

  /** Set by the router, which alone knows how a header looks. */
  describe: (frame: Buffer) => ErrorContext = () => ({});
}
