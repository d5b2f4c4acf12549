import { createSecretKey } from 'node:crypto';
import { DEFAULT_LIMITS, ProtocolError, type UserId } from '@parley/protocol';
import { type Principal, TokenVerifier } from '../../src/auth/principal.js';
import { joinMessage } from '../../src/bus/bus.js';
import type { MemoryBusHub } from '../../src/bus/bus.memory.js';
import { ChatLog } from '../../src/chat/chat-log.js';
import { IceServers } from '../../src/ice/ice-servers.js';
import { PresenceUnavailable } from '../../src/presence/presence.js';
import { joinFrame, splitFrame } from '../../src/signaling/codec/frame.js';
import { type Core, createCore } from '../../src/signaling/create-core.js';
import type { HandlerContext } from '../../src/signaling/messages/handler-context.js';
import type { RoomHub } from '../../src/signaling/rooms/room-hub.js';
import type { Session } from '../../src/signaling/session/session.js';
import type { ClientSocket } from '../../src/websocket/client-socket.js';
import { Drain } from '../../src/websocket/drain.js';
import type { Listener } from './network.js';
import { type BusWeather, SimulatedBus } from './simulated-bus.js';
import { SimulatedPresence, type StoreListener } from './simulated-presence.js';
import { SimulatedAccess, SimulatedModeration, SimulatedRemovalLog, type SimulatedRooms } from './simulated-rooms.js';
import type { SimulatedStore } from './simulated-store.js';
import { Actor, type World } from './world.js';

const SECRET = createSecretKey(Buffer.alloc(32, 7));
const DRAIN = { graceMs: 5_000, spreadMs: 20_000, deadlineMs: 25_000 };
const ROOM_CHECK_MS = 5_000;

class NameVerifier extends TokenVerifier {
  constructor(private readonly revoked: ReadonlySet<string>) {
    super();
  }

  override async verify(token: string): Promise<Principal> {
    const [user = '', issued] = token.split('@');
    if (this.revoked.has(user)) throw new ProtocolError('token_invalid');
    const common = { kind: 'account', grants: {}, expiresAt: 1e15 } as const;
    return { ...common, user: user as UserId, name: user, issuedAt: Number(issued), tokenId: token };
  }
}

class NoChat extends ChatLog {
  override async append(): Promise<never> {
    throw new Error('nobody chats here');
  }
  override async page() {
    return { messages: [], more: false };
  }
}

/** What the nodes of one run share. */
export interface Cluster {
  readonly world: World;
  readonly store: SimulatedStore;
  readonly rooms: SimulatedRooms;
  readonly hub: MemoryBusHub;
  readonly weather: BusWeather;
  readonly heard: StoreListener;
  readonly isCut: (actor: Actor) => boolean;
  /** Users whose tokens are void. */
  readonly revoked: ReadonlySet<string>;
  /** Whether the policy refuses this copy of a signal, by its body. */
  readonly denies: (body: string) => boolean;
}

/** The server's own core, as one process of the run: everything but Nest, sockets, Redis and PostgreSQL. */
export class SimulatedNode implements Listener {
  readonly actor: Actor;
  readonly presence: SimulatedPresence;
  readonly bus: SimulatedBus;
  private readonly core: Core;
  private readonly drain: Drain;
  private started = false;

  constructor(
    private readonly cluster: Cluster,
    readonly name: string,
  ) {
    const { world, store, hub, weather, heard, isCut } = cluster;
    this.actor = new Actor(name);
    this.presence = new SimulatedPresence(world, this.actor, store, heard);
    this.bus = new SimulatedBus(world, this.actor, hub, weather, isCut);
    const log = {
      info() {},
      warn() {},
      error: (error: unknown) => {
        if (!(error instanceof PresenceUnavailable)) world.errors.push(error);
      },
    };
    this.core = createCore(
      {
        presence: this.presence,
        bus: this.bus,
        verifier: new NameVerifier(cluster.revoked),
        access: new SimulatedAccess(cluster.rooms),
        moderation: new SimulatedModeration(cluster.rooms),
        removalLog: new SimulatedRemovalLog(cluster.rooms),
        chat: new NoChat(),
        ice: new IceServers({ stunUrls: [], turnUrls: [], turnSecret: undefined, credentialSeconds: 60 }),
        log,
        sessionKey: SECRET,
        now: () => performance.now(),
        wallClock: () => Date.now(),
      },
      { nodeName: name, limits: DEFAULT_LIMITS, roomCheckMs: ROOM_CHECK_MS },
    );
    this.deny(this.services.rooms);
    this.drain = new Drain(DRAIN, this.services.registry, world.random.next);
  }

  get services(): HandlerContext {
    return this.core.context;
  }

  get listening(): boolean {
    return this.started && !this.drain.refusing && this.actor.alive;
  }

  accept(socket: ClientSocket): Session {
    return this.core.node.accept(socket);
  }

  /** The policy: a signal that it refuses travels on, emptied. */
  private deny(rooms: RoomHub): void {
    const deliver = rooms.deliver.bind(rooms);
    rooms.deliver = (member, frame) => {
      const { header, body } = splitFrame(joinMessage(frame), DEFAULT_LIMITS.maxHeaderBytes);
      const denied = header.startsWith('{"type":"signal"') && this.cluster.denies(body?.toString() ?? '');
      deliver(member, denied ? joinFrame({ ...JSON.parse(header), denied: 'forbidden' }, Buffer.alloc(0)) : frame);
    };
  }

  /** The process begins. */
  start(): void {
    this.cluster.world.at(this.actor, 0, () => {
      void this.core.start().then(() => {
        this.started = true;
      });
    });
  }

  /** SIGTERM. `gone` is called when the process has ended by itself. */
  terminate(gone: () => void): void {
    this.cluster.world.at(this.actor, 0, () => {
      void this.drain
        .run()
        .then(() => this.core.close())
        .then(() => this.bus.close())
        .then(gone);
    });
  }
}
