import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { CLOSE_CODES, type ConnectionId } from '@parley/protocol';
import type { RawData, WebSocket } from 'ws';
import type { Bus, Fact } from '../bus/bus.js';
import type { Presence } from '../presence/presence.js';
import { renewIceServers } from './ice-renewal.js';
import { NodeInbox } from './node-inbox.js';
import type { NodeLife } from './node-life.js';
import type { RosterSync } from './roster-sync.js';
import { Session } from './session.js';
import { SignalingRouter } from './signaling-router.js';
import type { Services } from './signaling-services.js';
import type { SignalingSocket } from './signaling-socket.js';
import { WsSocket } from './ws-socket.js';

const HELLO_CHECK_MS = 500;

/** One node of the signaling platform: its sockets, its clocks, and what it does on facts of the cluster. */
export class SignalingNode {
  private readonly sessions = new WeakMap<WebSocket, Session>();
  private readonly router: SignalingRouter;
  private readonly clocks: NodeJS.Timeout[] = [];

  constructor(
    private readonly services: Services,
    private readonly ports: { readonly bus: Bus; readonly presence: Presence },
    private readonly sync: RosterSync,
    private readonly life: NodeLife,
  ) {
    this.router = new SignalingRouter(services);
    const inbox = new NodeInbox(ports.bus, services.rooms, sync, services.stats);
    ports.bus.onMessage(inbox.receive);
    ports.bus.onFact((fact) => void this.act(fact));
  }

  async start(): Promise<void> {
    const { registry, limits } = this.services;
    await this.life.start();
    this.clocks.push(
      setInterval(() => this.beat(), limits.heartbeatMs),
      setInterval(() => registry.expireUnauthenticated(), Math.min(HELLO_CHECK_MS, limits.helloTimeoutMs)),
    );
  }

  /** Closes what is open, so that clients come back elsewhere, and gives the node's lease up. */
  async stop(): Promise<void> {
    for (const clock of this.clocks) clearInterval(clock);
    this.closeAll();
    await this.life.stop();
    this.services.membership.close();
  }

  /** Closes every socket with 1012: come back, to another node. */
  closeAll(): void {
    for (const session of this.services.registry.all)
      session.close(CLOSE_CODES.serviceRestart, 'the node is going away');
  }

  /** A new socket: its session is the only one that writes to it. */
  accept(socket: SignalingSocket): Session {
    const { services, router } = this;
    const connection = randomBytes(12).toString('base64url') as ConnectionId;
    const session = new Session(connection, socket, services.limits, router.route, services.now);
    session.describe = router.describe;
    services.registry.add(session);
    session.whenClosed(() => {
      const succeeded = session.attachment !== undefined && services.registry.isSucceeded(session);
      services.registry.remove(session);
      services.membership.closed(session, succeeded);
    });
    return session;
  }

  opened(ws: WebSocket, tcp: Socket): void {
    const session = this.accept(new WsSocket(ws, tcp));
    this.sessions.set(ws, session);
    ws.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) session.close(CLOSE_CODES.binaryNotSupported, 'frames are text');
      else session.receive(data as Buffer);
    });
    ws.on('pong', () => session.heard());
    // What a client does to its own socket is no fault of ours; `close` follows.
    ws.on('error', () => {});
  }

  closed(ws: WebSocket): void {
    this.sessions.get(ws)?.closed();
  }

  private beat(): void {
    this.services.registry.beat();
    renewIceServers(this.services);
  }

  private async act(fact: Fact): Promise<void> {
    const { services, ports, sync } = this;
    try {
      if (fact.fact === 'room_closed' && services.rooms.get(fact.room) !== undefined) {
        sync.spread(await ports.presence.clear(fact.room, 'room_closed'));
      } else if (fact.fact === 'user_revoked') {
        for (const session of services.registry.issuedBefore(fact.user, fact.before)) await this.revoke(session);
      }
    } catch (error) {
      services.log.error(error, `the fact ${fact.fact} could not be acted on`);
    }
  }

  private async revoke(session: Session): Promise<void> {
    const rooms = [...session.rooms.keys()];
    try {
      for (const room of rooms) await this.services.membership.leave(session, room, 'removed');
    } finally {
      session.close(CLOSE_CODES.revoked, 'what let this session in was revoked');
    }
  }
}
