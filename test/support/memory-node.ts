import { createSecretKey, randomBytes } from 'node:crypto';
import {
  type ChatMessage,
  type ConnectionId,
  DEFAULT_LIMITS,
  type Limits,
  ProtocolError,
  type RoomId,
  type UserId,
} from '@parley/protocol';
import type { Principal } from '../../src/auth/principal.js';
import { TokenVerifier } from '../../src/auth/principal.js';
import { MemoryBus, type MemoryBusHub } from '../../src/bus/bus.memory.js';
import { ChatLog, type NewMessage } from '../../src/chat/chat-log.js';
import { IceServers } from '../../src/ice/ice-servers.js';
import { MemoryPresence, type MemoryPresenceStore } from '../../src/presence/memory/presence.memory.js';
import { type Admission, RoomAccess } from '../../src/rooms/room-access.js';
import { NodeLease } from '../../src/signaling/cluster/node-lease.js';
import { NodeMessageHandler } from '../../src/signaling/cluster/node-message-handler.js';
import type { HandlerContext } from '../../src/signaling/messages/handler-context.js';
import { MessageRouter } from '../../src/signaling/messages/message-router.js';
import { Lobby } from '../../src/signaling/moderation/lobby.js';
import { ModerationEventHandler } from '../../src/signaling/moderation/moderation-event-handler.js';
import { PeerRemover } from '../../src/signaling/moderation/peer-remover.js';
import { PendingJoins } from '../../src/signaling/moderation/pending-joins.js';
import { RemovalAwarePresence } from '../../src/signaling/moderation/removal-aware-presence.js';
import { RemovalCache } from '../../src/signaling/moderation/removal-cache.js';
import { RoomHub } from '../../src/signaling/rooms/room-hub.js';
import { RoomLifecycle } from '../../src/signaling/rooms/room-lifecycle.js';
import { RosterSync } from '../../src/signaling/rooms/roster-sync.js';
import { Session } from '../../src/signaling/session/session.js';
import { SessionIds } from '../../src/signaling/session/session-ids.js';
import { SessionRegistry } from '../../src/signaling/session/session-registry.js';
import { SignalingStats } from '../../src/signaling/signaling-stats.js';
import { FakeSocket } from './fake-socket.js';
import { MemoryAccess, type MemoryDatabase, MemoryModeration, NoModeration } from './memory-bridges.js';

const SECRET = createSecretKey(Buffer.alloc(32, 7));

/** The token is the user, and after a colon the name if it is another one; `bad` is no token. */
class NameVerifier extends TokenVerifier {
  override async verify(token: string): Promise<Principal> {
    if (token === 'bad') throw new ProtocolError('token_invalid');
    const [user = '', name = user] = token.split(':');
    return { user: user as UserId, name, kind: 'account', grants: {}, issuedAt: 0, expiresAt: 1e15, tokenId: token };
  }
}

class OpenAccess extends RoomAccess {
  override async admit(_principal: Principal, room: RoomId): Promise<Admission> {
    if (room === 'closed') throw new ProtocolError('forbidden');
    return { role: 'member', capacity: 100 };
  }
}

class NoChat extends ChatLog {
  private readonly stored: ChatMessage[] = [];
  override async append({ room: _room, ...message }: NewMessage) {
    const stored = { ...message, seq: this.stored.length + 1, at: 0 };
    this.stored.push(stored);
    return { message: stored, fresh: true };
  }
  override async page() {
    return { messages: this.stored, more: false };
  }
}

/** The signaling core of one node, with nothing but memory under it and no socket over it. */
export class MemoryNode {
  readonly presence: RemovalAwarePresence;
  readonly bus: MemoryBus;
  readonly services: HandlerContext;
  readonly lease: NodeLease;
  readonly moderationEvents: ModerationEventHandler;
  private readonly router: MessageRouter;

  constructor(
    store: MemoryPresenceStore,
    hub: MemoryBusHub,
    limits: Limits = DEFAULT_LIMITS,
    database?: MemoryDatabase,
  ) {
    const removals = new RemovalCache(() => performance.now());
    const presence = new RemovalAwarePresence(new MemoryPresence(store), removals);
    this.presence = presence;
    this.bus = new MemoryBus(hub);
    const stats = new SignalingStats();
    const rooms = new RoomHub(this.bus, stats);
    const sync = new RosterSync(this.presence, this.bus, rooms, stats);
    const lifecycle = new RoomLifecycle(this.presence, rooms, sync, stats, () => performance.now());
    const access = database === undefined ? new OpenAccess() : new MemoryAccess(database);
    const moderation = database === undefined ? new NoModeration() : new MemoryModeration(database, this.bus);
    const lobby = new Lobby(moderation, access, rooms, () => performance.now());
    const log = { info() {}, warn() {}, error: (error: unknown) => this.faults.push(error) };
    const now = () => performance.now();
    this.services = {
      limits,
      verifier: new NameVerifier(),
      access,
      ...{ removals, pendingJoins: new PendingJoins(), lobby, moderation },
      chat: new NoChat(),
      ice: new IceServers({ stunUrls: [], turnUrls: [], turnSecret: undefined, credentialSeconds: 60 }),
      ids: new SessionIds(SECRET),
      registry: new SessionRegistry(limits, now, Date.now),
      rooms,
      lifecycle,
      stats,
      log,
      now,
      wallClock: Date.now,
    };
    this.router = new MessageRouter(this.services);
    const rhythm = { renewMs: 50, sweepMs: 50, reconcileMs: 50 };
    this.lease = new NodeLease(
      'memory',
      { presence: this.presence, bus: this.bus },
      { rooms, sync, lifecycle },
      log,
      rhythm,
    );
    const remover = new PeerRemover(presence, { rooms, lifecycle, sync }, removals);
    presence.undo = {
      publish: (change) => sync.publish(change),
      retryRemoval: (room, peer) => void remover.removePeer(room, peer),
    };
    this.moderationEvents = new ModerationEventHandler({ ...this.services, presence, sync, remover }, this.bus);
    this.bus.onMessage(new NodeMessageHandler(this.bus, rooms, sync, stats).receive);
  }

  /** Faults of our own that a handler had. */
  readonly faults: unknown[] = [];

  async start(): Promise<this> {
    await this.lease.start();
    return this;
  }

  async stop(): Promise<void> {
    for (const session of this.services.registry.all) session.closed();
    await this.lease.stop();
    this.services.lifecycle.close();
  }

  /** A client's socket on this node. */
  connect(user: string, options: { key?: string; attempt?: number } = {}): MemoryClient {
    const socket = new FakeSocket();
    const connection = randomBytes(9).toString('base64url') as ConnectionId;
    const session = new Session(connection, socket, this.services.limits, this.router.route, this.services.now);
    session.describe = this.router.describe;
    this.services.registry.add(session);
    session.whenClosed(() => {
      const succeeded = session.info !== undefined && this.services.registry.isSucceeded(session);
      this.services.registry.remove(session);
      this.services.lifecycle.closed(session, succeeded);
    });
    return new MemoryClient(
      session,
      socket,
      user,
      options.key ?? randomBytes(32).toString('base64url'),
      options.attempt ?? 1,
    );
  }
}

/** One client of a {@link MemoryNode}. */
export class MemoryClient {
  private id = 0;

  constructor(
    readonly session: Session,
    readonly socket: FakeSocket,
    readonly user: string,
    readonly key: string,
    readonly attempt: number,
  ) {}

  async hello(): Promise<any> {
    return this.request({ type: 'hello', token: this.user, key: this.key, attempt: this.attempt });
  }

  send(header: object, body?: string): void {
    this.session.receive(
      Buffer.from(body === undefined ? JSON.stringify(header) : `${JSON.stringify(header)}\n${body}`),
    );
  }

  async request(header: object): Promise<any> {
    this.id += 1;
    const re = `q${this.id}`;
    this.send({ id: re, ...header });
    return this.until(() => this.socket.messages().find((message) => message.re === re));
  }

  /** The frames of a type so far: header and body. */
  received(type: string): { header: any; body: string | undefined }[] {
    return this.socket.frames
      .map((frame) => {
        const end = frame.indexOf('\n');
        return {
          header: JSON.parse(end < 0 ? frame : frame.slice(0, end)),
          body: end < 0 ? undefined : frame.slice(end + 1),
        };
      })
      .filter(({ header }) => header.type === type);
  }

  rosterEvents(): any[] {
    return this.received('roster').flatMap(({ header }) => header.events ?? []);
  }

  async until<T>(read: () => T | undefined | false): Promise<T> {
    for (let nextTick = 0; nextTick < 5_000; nextTick += 1) {
      const value = read();
      if (value !== undefined && value !== false) return value;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`waited in vain; received: ${this.socket.frames.join(' | ')}`);
  }
}
