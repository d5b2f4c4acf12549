import { CLOSE_CODES, type Limits } from '@parley/protocol';
import type { Principal } from '../auth/principal.js';
import { TokenBucket } from '../rate-limit/token-bucket.js';
import type { ClientSocket } from '../websocket/client-socket.js';
import type { QuotaLease } from '../websocket/connection-quota.js';
import type { WheelEntry } from '../websocket/heartbeat-wheel.js';
import { SendBacklog } from '../websocket/send-backlog.js';
import type { BridgeClient, BridgeSocket } from './bridge.js';
import type { BridgeStats } from './bridge-stats.js';
import { RateLimitedInbox } from './rate-limited-inbox.js';

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
 * One socket of a bridge under the limits that Parley's own sessions have. Foreign protocols have no message for "slow
 * down": a client beyond its rate is read more slowly, and loses nothing.
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
  private readonly inbox: RateLimitedInbox;
  private readonly backlog: SendBacklog;
  private readonly frames: TokenBucket;
  private readonly bytes: TokenBucket;

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
    const session = { charge: (size: number) => this.charge(size), handle: (frame: string) => this.handle(frame) };
    this.inbox = new RateLimitedInbox(socket, session, () => {
      host.stats.pauses += 1;
    });
  }

  /** A frame from the socket. */
  receive(frame: Buffer): void {
    if (this.state === 'closed') return;
    this.lastActivity = this.host.now();
    // Beyond what a socket delivers after it was paused.
    if (!this.inbox.receive(frame)) this.close(CLOSE_CODES.rateLimited, 'too many frames wait');
  }

  /** A ping or a pong. False: there are too many, so that only a later one is answered, or no room for an answer. */
  control(): boolean {
    if (this.state === 'closed') return false;
    this.lastActivity = this.host.now();
    const waitMs = this.charge(0);
    if (waitMs > 0) this.inbox.hold(waitMs);
    return waitMs === 0 && !this.endIfSlow();
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
    this.inbox.close();
    this.host.ended(this);
    this.client?.closed();
  }

  /** Called every heartbeat. Browsers answer a WebSocket ping also while their page sleeps. */
  beat(): void {
    // What is not read cannot be heard.
    if (this.inbox.isPaused) this.lastActivity = this.host.now();
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

  /** Charges the socket, its user and its address. @returns 0, or the milliseconds to wait: then nothing was charged */
  private charge(bytes: number): number {
    const now = this.host.now();
    const shared = [this.frames, this.userFrames, this.quotaLease?.frames];
    const waitMs = Math.max(this.bytes.missingMs(now, bytes), ...shared.map((rate) => rate?.missingMs(now) ?? 0));
    if (waitMs > 0) return waitMs;
    this.bytes.charge(now, bytes);
    for (const rate of shared) rate?.charge(now);
    return 0;
  }

  private handle(frame: string): Promise<void> | undefined {
    this.host.stats.frames += 1;
    return this.guarded(frame)?.catch((error: unknown) => this.host.failed(this, error));
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
}
