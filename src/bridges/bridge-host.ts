import type { IncomingMessage } from 'node:http';
import { CLOSE_CODES, type UserId } from '@parley/protocol';
import type { Bus, ClusterEvent } from '../bus/bus.js';
import { monotonic } from '../clock/monotonic.js';
import type { Config } from '../config/config.js';
import { SecurityLog } from '../http/security-log.js';
import { newConnectionId } from '../ids/connection-id.js';
import type { Log } from '../logging/log.js';
import { TokenBucket } from '../rate-limit/token-bucket.js';
import type { ServerSocket } from '../websocket/client-socket.js';
import type { ConnectionQuota } from '../websocket/connection-quota.js';
import type { Drainable } from '../websocket/drain.js';
import { HeartbeatWheel } from '../websocket/heartbeat-wheel.js';
import type { UpgradeRoute } from '../websocket/web-socket.adapter.js';
import type { Bridge } from './bridge.js';
import { BridgeSession, type BridgeSessionHost } from './bridge-session.js';
import { BridgeStats } from './bridge-stats.js';

/** Closings that somebody on guard wants to see. */
const REPORTED: ReadonlySet<number> = new Set([
  CLOSE_CODES.helloTimeout,
  CLOSE_CODES.rateLimited,
  CLOSE_CODES.slowConsumer,
  CLOSE_CODES.tokenInvalid,
  CLOSE_CODES.revoked,
  CLOSE_CODES.binaryNotSupported,
]);
/** A fault of ours (RFC 6455 §7.4.1). */
const INTERNAL_ERROR = 1011;

/** The frame that every bridge stands in: its sockets, their clocks, and what ends them. */
export class BridgeHost {
  readonly stats: ReadonlyMap<string, BridgeStats>;
  private readonly sessions: HeartbeatWheel<BridgeSession>;
  private readonly users = new Map<UserId, { readonly sessions: Set<BridgeSession>; readonly frames: TokenBucket }>();
  private readonly security: SecurityLog;
  private clock: NodeJS.Timeout | undefined;

  constructor(
    readonly bridges: readonly Bridge[],
    private readonly config: Pick<Config, 'limits' | 'sockets'>,
    private readonly quota: ConnectionQuota,
    bus: Pick<Bus, 'onEvent'>,
    private readonly log: Log,
    private readonly now: () => number = monotonic,
  ) {
    this.stats = new Map(bridges.map(({ name }) => [name, new BridgeStats()]));
    this.security = new SecurityLog(log);
    this.sessions = new HeartbeatWheel(config.limits.heartbeatMs);
    bus.onEvent((event) => this.act(event));
  }

  /** What the upgrade path has to know: none for a bridge that is switched off, so that it is not there. */
  get routes(): UpgradeRoute[] {
    return this.bridges.map((bridge) => ({
      matches: (path) => bridge.matches(path),
      enter: (socket, request) => this.enter(bridge, socket, request),
    }));
  }

  /** For the drain: each is closed at a moment of its own, since foreign clients know no other request to move. */
  get all(): Drainable[] {
    return [...this.sessions].map((session) => ({
      move: () => session.close(CLOSE_CODES.serviceRestart, 'the node is going away'),
    }));
  }

  get size(): number {
    return this.sessions.size;
  }

  start(): void {
    if (this.bridges.length === 0) return;
    this.clock = setInterval(() => this.beat(), this.sessions.everyMs);
    this.clock.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.clock);
    for (const { move } of this.all) move();
    await Promise.all(this.bridges.map((bridge) => bridge.stop?.()));
  }

  private enter(bridge: Bridge, socket: ServerSocket, request: IncomingMessage): void {
    const stats = this.stats.get(bridge.name) as BridgeStats;
    const lease = this.quota.leaseOf(request.socket);
    const session = new BridgeSession(
      newConnectionId(),
      socket,
      this.hostOf(bridge, stats),
      lease?.address ?? request.socket.remoteAddress,
      lease,
    );
    stats.sockets += 1;
    this.sessions.add(session);
    socket.attach(session);
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://bridge');
    session.client = bridge.enter(session, { path, query, address: session.address });
  }

  private hostOf(bridge: Bridge, stats: BridgeStats): BridgeSessionHost {
    return {
      limits: this.config.limits,
      stats,
      now: this.now,
      admitted: (session) => {
        const hasRoom = this.remember(session);
        if (hasRoom) stats.admitted += 1;
        return hasRoom;
      },
      ended: (session) => {
        stats.sockets -= 1;
        this.sessions.delete(session);
        this.forget(session);
        this.report(bridge, session);
      },
      failed: (session, error) => {
        stats.internalErrors += 1;
        this.log.error(error, `a frame failed in the bridge ${bridge.name}`);
        session.close(INTERNAL_ERROR, 'internal error');
      },
    };
  }

  private remember(session: BridgeSession): boolean {
    const user = session.principal?.user;
    if (user === undefined) return true;
    const { maxPerUser, framesPerUser } = this.config.sockets;
    const known = this.users.get(user) ?? {
      sessions: new Set<BridgeSession>(),
      frames: new TokenBucket(framesPerUser.burst, framesPerUser.perSecond, this.now()),
    };
    if (known.sessions.size >= maxPerUser) return false;
    this.users.set(user, known);
    known.sessions.add(session);
    session.userFrames = known.frames;
    return true;
  }

  private forget(session: BridgeSession): void {
    const user = session.principal?.user;
    if (user === undefined) return;
    const known = this.users.get(user);
    known?.sessions.delete(session);
    if (known?.sessions.size === 0) this.users.delete(user);
  }

  private beat(): void {
    const late = this.now() - this.config.limits.helloTimeoutMs;
    for (const session of this.sessions.next()) {
      if (session.state === 'new' && session.openedAt <= late)
        session.terminate(CLOSE_CODES.helloTimeout, 'was not let in in time');
      else session.beat();
    }
  }

  private act(event: ClusterEvent): void {
    if (event.fact !== 'user_revoked') return;
    for (const session of [...(this.users.get(event.user)?.sessions ?? [])]) {
      if ((session.principal?.issuedAt ?? 0) < event.before)
        session.close(CLOSE_CODES.revoked, 'what let this client in was revoked');
    }
  }

  private report({ name }: Bridge, { endedWith, address, principal }: BridgeSession): void {
    if (endedWith === undefined || !REPORTED.has(endedWith)) return;
    this.security.refused({
      reason: `bridge ${name}`,
      closeCode: endedWith,
      address,
      user: principal?.user,
    });
  }
}
