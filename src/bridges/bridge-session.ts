import { CLOSE_CODES, type Limits } from '@parley/protocol';
import type { Principal } from '../auth/principal.js';
import { TokenBucket } from '../rate-limit/token-bucket.js';
import type { ClientSocket } from '../websocket/client-socket.js';
import type { QuotaLease } from '../websocket/connection-quota.js';
import type { WheelEntry } from '../websocket/heartbeat-wheel.js';
import { SendBacklog } from '../websocket/send-backlog.js';
import type { BridgeClient, BridgeSocket } from './bridge.js';
import type { BridgeStats } from './bridge-stats.js';

/** Frames that are dropped for their rate within a minute; the next one closes the socket. */
const MAX_REFUSALS = 200;

/** What a session needs from its host. */
export interface BridgeSessionHost {
  readonly limits: Limits;
  readonly stats: BridgeStats;
  now(): number;
  /** False: the principal has too many sockets. */
  admitted(session: BridgeSession): boolean;
  ended(session: BridgeSession): void;
  failed(session: BridgeSession, error: unknown): void;
}

/**
 * One socket of a bridge under the limits that Parley's own sessions have. Foreign protocols have no word for "too fast":
 * what is beyond the rate is dropped and counted, and who goes on is closed.
 */
export class BridgeSession implements BridgeSocket, WheelEntry {
  client!: BridgeClient;
  state: 'new' | 'on' | 'closed' = 'new';
  principal: Principal | undefined;
  lastActivity: number;
  readonly openedAt: number;
  slot: number | undefined = undefined;
  /** The code that we closed it with; undefined: the other side did, or it is open. */
  endedWith: number | undefined;
  /** What all sockets of the user in the bridges of this node share. */
  userFrames: TokenBucket | undefined;
  private readonly inbox: string[] = [];
  private busy = false;
  private readonly backlog: SendBacklog;
  private readonly frames: TokenBucket;
  private readonly bytes: TokenBucket;
  private readonly refusals: TokenBucket;

  constructor(
    readonly connection: string,
    private readonly socket: ClientSocket,
    private readonly host: BridgeSessionHost,
    readonly address: string | undefined,
    private readonly quotaLease: QuotaLease | undefined,
  ) {
    const { limits } = host;
    this.openedAt = host.now();
    this.backlog = new SendBacklog(socket, () => host.now());
    this.lastActivity = this.openedAt;
    this.frames = new TokenBucket(limits.frameBurst, limits.framesPerSecond, this.openedAt);
    this.bytes = new TokenBucket(limits.byteBurst, limits.bytesPerSecond, this.openedAt);
    this.refusals = new TokenBucket(MAX_REFUSALS, MAX_REFUSALS / 60, this.openedAt);
  }

  /** A frame from the socket. */
  receive(frame: Buffer): void {
    if (this.state === 'closed' || !this.takes(frame.length)) return;
    this.host.stats.frames += 1;
    if (!this.busy) return this.handle(frame.toString());
    if (this.inbox.length >= this.host.limits.maxPendingFrames) return this.refuse();
    this.inbox.push(frame.toString());
  }

  /** A ping or a pong. False: there are too many, or no room for an answer. */
  control(): boolean {
    return this.state !== 'closed' && this.takes(0) && !this.endIfSlow();
  }

  send(frame: string): boolean {
    if (this.state === 'closed') return false;
    if (this.backlog.isLong()) {
      this.endIfSlow();
      return false;
    }
    this.socket.send(frame);
    return true;
  }

  push(frame: Buffer | string): void {
    if (this.state === 'closed') return;
    this.socket.send(frame);
    this.endIfSlow();
  }

  admit(principal?: Principal): boolean {
    if (this.state === 'closed') return false;
    this.principal = principal;
    if (!this.host.admitted(this)) return false;
    this.state = 'on';
    this.quotaLease?.authenticated();
    return true;
  }

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

  /** The socket is closed, by either side. */
  closed(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.inbox.length = 0;
    this.host.ended(this);
    this.client?.closed();
  }

  /** Called every heartbeat. Browsers answer a WebSocket ping also while their page sleeps. */
  beat(): void {
    if (this.host.now() - this.lastActivity >= this.host.limits.silenceMs) {
      this.terminate(CLOSE_CODES.heartbeatTimeout, 'nothing was heard');
    } else if (this.state === 'on' && !this.endIfSlow()) this.socket.ping();
  }

  /** A reader that stays behind must come back, not hold memory. */
  private endIfSlow(): boolean {
    if (!this.backlog.isTooLong()) return false;
    this.terminate(CLOSE_CODES.slowConsumer, 'too much is unsent');
    return true;
  }

  private takes(bytes: number): boolean {
    this.lastActivity = this.host.now();
    const now = this.lastActivity;
    const isWithin =
      this.frames.take(now) &&
      this.bytes.take(now, bytes) &&
      this.userFrames?.take(now) !== false &&
      this.quotaLease?.frames.take(now) !== false;
    if (!isWithin) this.refuse();
    return isWithin;
  }

  private refuse(): void {
    this.host.stats.refused += 1;
    if (!this.refusals.take(this.lastActivity)) this.close(CLOSE_CODES.rateLimited, 'too many frames');
  }

  private handle(frame: string): void {
    const pending = this.guarded(frame);
    if (pending === undefined) return;
    this.busy = true;
    void pending
      .catch((error: unknown) => this.host.failed(this, error))
      .finally(() => {
        this.busy = false;
        this.drainInbox();
      });
  }

  /** A bug in one bridge must cost one socket, not the process. */
  private guarded(frame: string): Promise<void> | undefined {
    try {
      return this.client.receive(frame) as Promise<void> | undefined;
    } catch (error) {
      this.host.failed(this, error);
      return undefined;
    }
  }

  private drainInbox(): void {
    while (!this.busy && this.state !== 'closed') {
      const next = this.inbox.shift();
      if (next === undefined) return;
      this.handle(next);
    }
  }
}
