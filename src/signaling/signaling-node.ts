import { CLOSE_CODES } from '@parley/protocol';
import type { Bus } from '../bus/bus.js';
import { SecurityLog } from '../http/security-log.js';
import { newConnectionId } from '../ids/connection-id.js';
import type { ClientSocket } from '../websocket/client-socket.js';
import type { NodeLease } from './cluster/node-lease.js';
import { NodeMessageHandler } from './cluster/node-message-handler.js';
import type { HandlerContext } from './messages/handler-context.js';
import { MessageRouter } from './messages/message-router.js';
import type { RosterSync } from './rooms/roster-sync.js';
import { renewIceServers } from './session/ice-refresh.js';
import { Session } from './session/session.js';

const HELLO_CHECK_MS = 500;

/** Closings that somebody on guard wants to see. */
const REPORTED: ReadonlySet<number> = new Set([
  CLOSE_CODES.helloTimeout,
  CLOSE_CODES.rateLimited,
  CLOSE_CODES.slowConsumer,
  CLOSE_CODES.badMessage,
  CLOSE_CODES.tokenInvalid,
  CLOSE_CODES.tokenInUrl,
  CLOSE_CODES.forbidden,
  CLOSE_CODES.revoked,
  CLOSE_CODES.binaryNotSupported,
]);

/** One node of the signaling platform: its sockets, its clocks, and what it does on facts of the cluster. */
export class SignalingNode {
  private readonly router: MessageRouter;
  private readonly clocks: NodeJS.Timeout[] = [];
  private readonly security: SecurityLog;

  constructor(
    private readonly services: HandlerContext,
    bus: Bus,
    sync: RosterSync,
    private readonly lease: NodeLease,
  ) {
    this.router = new MessageRouter(services);
    this.security = new SecurityLog(services.log);
    const inbox = new NodeMessageHandler(bus, services.rooms, sync, services.stats);
    bus.onMessage(inbox.receive);
  }

  async start(): Promise<void> {
    const { registry, limits } = this.services;
    await this.lease.start();
    this.clocks.push(
      setInterval(() => this.beat(), registry.beatMs),
      setInterval(() => registry.expireUnauthenticated(), Math.min(HELLO_CHECK_MS, limits.helloTimeoutMs)),
    );
  }

  /** Closes what is open, so that clients come back elsewhere, and gives the node's lease up. */
  async stop(): Promise<void> {
    for (const clock of this.clocks) clearInterval(clock);
    this.closeAll();
    await this.lease.stop();
    this.services.lifecycle.close();
  }

  /** Closes every socket with 1012: come back, to another node. */
  closeAll(): void {
    for (const session of this.services.registry.all)
      session.close(CLOSE_CODES.serviceRestart, 'the node is going away');
  }

  /** A new socket: its session is the only one that writes to it. */
  accept(socket: ClientSocket): Session {
    const { services: context, router } = this;
    const session = new Session(newConnectionId(), socket, context.limits, router.route, context.now);
    session.describe = router.describe;
    context.registry.add(session);
    session.whenClosed(this.ended);
    return session;
  }

  private readonly ended = (session: Session): void => {
    const { registry, lifecycle } = this.services;
    const succeeded = session.info !== undefined && registry.isSucceeded(session);
    registry.remove(session);
    this.reportEnd(session);
    lifecycle.closed(session, succeeded);
  };

  private beat(): void {
    renewIceServers(this.services.registry.beat(), this.services);
  }

  /** What a client was sent away for is a line of its own; going away, and coming back, is not. */
  private reportEnd({ endedWith, principal, quotaLease: lease }: Session): void {
    if (endedWith === undefined || !REPORTED.has(endedWith)) return;
    this.security.refused({
      reason: 'socket',
      closeCode: endedWith,
      address: lease?.address,
      user: (principal as Session['principal'] | undefined)?.user,
    });
  }
}
