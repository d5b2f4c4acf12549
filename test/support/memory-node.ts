import { createSecretKey, randomBytes } from 'node:crypto';
import {
  type ChatMessage,
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
import type { Presence } from '../../src/presence/presence.js';
import { type Admission, RoomAccess } from '../../src/rooms/room-access.js';
import { type Core, createCore } from '../../src/signaling/create-core.js';
import type { HandlerContext } from '../../src/signaling/messages/handler-context.js';
import type { Session } from '../../src/signaling/session/session.js';
import { FakeSocket } from './fake-socket.js';
import {
  MemoryAccess,
  type MemoryDatabase,
  MemoryModeration,
  MemoryRemovalLog,
  NoModeration,
  NoRemovals,
} from './memory-bridges.js';

const SECRET = createSecretKey(Buffer.alloc(32, 7));

/** A token is the user id, optionally followed by a colon and a name; `bad` is invalid. */
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

/** The signaling core of one node, on memory adapters and without sockets. */
export class MemoryNode {
  readonly bus: MemoryBus;
  readonly presence: Presence;
  private readonly core: Core;

  constructor(
    store: MemoryPresenceStore,
    hub: MemoryBusHub,
    limits: Limits = DEFAULT_LIMITS,
    database?: MemoryDatabase,
  ) {
    this.bus = new MemoryBus(hub);
    this.presence = new MemoryPresence(store);
    const policy =
      database === undefined
        ? { access: new OpenAccess(), moderation: new NoModeration(), removalLog: new NoRemovals() }
        : {
            access: new MemoryAccess(database),
            moderation: new MemoryModeration(database, this.bus),
            removalLog: new MemoryRemovalLog(database),
          };
    this.core = createCore(
      {
        ...policy,
        presence: this.presence,
        bus: this.bus,
        verifier: new NameVerifier(),
        chat: new NoChat(),
        ice: new IceServers({ stunUrls: [], turnUrls: [], turnSecret: undefined, credentialSeconds: 60 }),
        log: { info() {}, warn() {}, error: (error: unknown) => this.faults.push(error) },
        sessionKey: SECRET,
        now: () => performance.now(),
        wallClock: Date.now,
      },
      { nodeName: 'memory', limits, roomCheckMs: 1_000, nodeTimers: { renewMs: 50, sweepMs: 50, reconcileMs: 50 } },
    );
  }

  /** Unexpected errors of handlers. */
  readonly faults: unknown[] = [];

  get services(): HandlerContext {
    return this.core.context;
  }

  async start(): Promise<this> {
    await this.core.start();
    return this;
  }

  stop(): Promise<void> {
    return this.core.close();
  }

  /** Connects a client to this node. */
  connect(user: string, options: { key?: string; attempt?: number } = {}): MemoryClient {
    const socket = new FakeSocket();
    const session = this.core.node.accept(socket);
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

  /** The frames of a type received so far: header and body. */
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
    throw new Error(`the condition did not hold in time; received: ${this.socket.frames.join(' | ')}`);
  }
}
