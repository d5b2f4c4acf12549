import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TokenVerifier } from '../auth/principal.js';
import { SECRETS, type Secrets } from '../auth/signing-secret.js';
import type { Bus } from '../bus/bus.js';
import { BusModule } from '../bus/bus.module.js';
import { BUS } from '../bus/bus.tokens.js';
import { ChatModule } from '../chat/chat.module.js';
import { ChatLog } from '../chat/chat-log.js';
import { monotonic } from '../clock/monotonic.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { IceModule } from '../ice/ice.module.js';
import { IceServers } from '../ice/ice-servers.js';
import { LOG } from '../logging/logging.module.js';
import type { Presence } from '../presence/presence.js';
import { PresenceModule } from '../presence/presence.module.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { Moderation } from '../rooms/moderation/moderation.js';
import { ModerationModule } from '../rooms/moderation/moderation.module.js';
import { RemovalLog } from '../rooms/moderation/removal-log.js';
import { RoomAccess } from '../rooms/room-access.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ConnectionQuota } from '../websocket/connection-quota.js';
import { Drain } from '../websocket/drain.js';
import { AsyncApiController } from './asyncapi/asyncapi.controller.js';
import { NodeLife } from './cluster/node-lease.js';
import type { Log, Services } from './messages/handler-context.js';
import { WaitingRoom } from './moderation/lobby.js';
import { RoomWarden } from './moderation/moderation-event-handler.js';
import { Expulsion } from './moderation/peer-remover.js';
import { Arrivals } from './moderation/pending-joins.js';
import { GuardedPresence } from './moderation/removal-aware-presence.js';
import { Removals } from './moderation/removal-cache.js';
import { RemovalWatch } from './moderation/removal-poller.js';
import { LocalRooms } from './rooms/room-hub.js';
import { Membership } from './rooms/room-lifecycle.js';
import { RosterSync } from './rooms/roster-sync.js';
import { SessionIdentity } from './session/session-ids.js';
import { SessionRegistry } from './session/session-registry.js';
import { SignalingGateway } from './signaling.gateway.js';
import { SignalingNode } from './signaling-node.js';
import { SignalingStats } from './signaling-stats.js';

/** The core knows no framework; this is where it is put together. */
@Module({
  imports: [AuthModule, BusModule, ChatModule, IceModule, ModerationModule, PresenceModule, RoomsModule],
  controllers: [AsyncApiController],
  providers: [
    SignalingGateway,
    { provide: ConnectionQuota, inject: [CONFIG], useFactory: (config: Config) => new ConnectionQuota(config.sockets) },
    { provide: SignalingStats, useFactory: () => new SignalingStats() },
    {
      provide: SessionRegistry,
      inject: [CONFIG],
      useFactory: (config: Config) => new SessionRegistry(config.limits, monotonic, Date.now, config.sockets),
    },
    {
      provide: Drain,
      inject: [CONFIG, SessionRegistry],
      useFactory: (config: Config, registry: SessionRegistry) => new Drain(config.drain, registry),
    },
    {
      provide: LocalRooms,
      inject: [BUS, SignalingStats, CONFIG],
      useFactory: (bus: Bus, stats: SignalingStats, config: Config) => new LocalRooms(bus, stats, config.rates.room),
    },
    { provide: Removals, useFactory: () => new Removals(monotonic) },
    {
      provide: GuardedPresence,
      inject: [PRESENCE, Removals],
      useFactory: (presence: Presence, removals: Removals) => new GuardedPresence(presence, removals),
    },
    {
      provide: WaitingRoom,
      inject: [Moderation, RoomAccess, LocalRooms],
      useFactory: (moderation: Moderation, access: RoomAccess, rooms: LocalRooms) =>
        new WaitingRoom(moderation, access, rooms, monotonic),
    },
    {
      provide: RosterSync,
      inject: [GuardedPresence, BUS, LocalRooms, SignalingStats],
      useFactory: (...[presence, bus, rooms, stats]: [Presence, Bus, LocalRooms, SignalingStats]) =>
        new RosterSync(presence, bus, rooms, stats),
    },
    {
      provide: Membership,
      inject: [GuardedPresence, LocalRooms, RosterSync, SignalingStats],
      useFactory: (...[presence, rooms, sync, stats]: [Presence, LocalRooms, RosterSync, SignalingStats]) =>
        new Membership(presence, rooms, sync, stats, monotonic),
    },
    {
      provide: 'SERVICES',
      inject: [
        CONFIG,
        TokenVerifier,
        RoomAccess,
        ChatLog,
        IceServers,
        SECRETS,
        SessionRegistry,
        LocalRooms,
        Membership,
        SignalingStats,
        LOG,
        Removals,
        WaitingRoom,
        Moderation,
      ],
      useFactory: (
        config: Config,
        verifier: TokenVerifier,
        access: RoomAccess,
        chat: ChatLog,
        ice: IceServers,
        secrets: Secrets,
        registry: SessionRegistry,
        rooms: LocalRooms,
        membership: Membership,
        stats: SignalingStats,
        log: Log,
        removals: Removals,
        lobby: WaitingRoom,
        moderation: Moderation,
      ): Services => ({
        limits: config.limits,
        verifier,
        access,
        chat,
        ice,
        identity: new SessionIdentity(secrets.sessionKey),
        registry,
        rooms,
        membership,
        ...{ removals, arrivals: new Arrivals(), lobby, moderation },
        stats,
        log,
        now: monotonic,
        wallClock: Date.now,
      }),
    },
    {
      provide: SignalingNode,
      inject: [CONFIG, 'SERVICES', BUS, PRESENCE, RosterSync],
      useFactory: (config: Config, services: Services, bus: Bus, presence: Presence, sync: RosterSync) => {
        const { rooms, membership, log } = services;
        const life = new NodeLife(config.nodeName, { presence, bus }, { rooms, sync, membership }, log, config.life);
        return new SignalingNode(services, bus, sync, life);
      },
    },
    {
      provide: Expulsion,
      inject: [GuardedPresence, LocalRooms, Membership, RosterSync, Removals],
      useFactory: (
        presence: GuardedPresence,
        rooms: LocalRooms,
        membership: Membership,
        sync: RosterSync,
        removals: Removals,
      ) => {
        const expulsion = new Expulsion(presence, { rooms, membership, sync }, removals);
        presence.undoing = {
          spread: (change) => sync.spread(change),
          owe: (room, peer) => void expulsion.peer(room, peer),
        };
        return expulsion;
      },
    },
    {
      provide: RoomWarden,
      inject: ['SERVICES', GuardedPresence, RosterSync, Expulsion, BUS],
      useFactory: (services: Services, presence: Presence, sync: RosterSync, expulsion: Expulsion, bus: Bus) =>
        new RoomWarden({ ...services, presence, sync, expulsion }, bus),
    },
    {
      provide: RemovalWatch,
      inject: [RemovalLog, BUS, LocalRooms, CONFIG],
      useFactory: (removals: RemovalLog, bus: Bus, rooms: LocalRooms, config: Config) =>
        new RemovalWatch(removals, bus, rooms, monotonic, config.rooms.checkMs),
    },
  ],
  exports: [Drain, LocalRooms, SessionRegistry, SignalingNode, SignalingStats, ConnectionQuota],
})
export class SignalingModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(SignalingNode) private readonly node: SignalingNode,
    @Inject(RemovalWatch) private readonly watch: RemovalWatch,
    @Inject(Expulsion) private readonly expulsion: Expulsion,
    @Inject(WaitingRoom) private readonly lobby: WaitingRoom,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.node.start();
    this.watch.start();
  }

  /** Before Nest closes the server: afterwards clients would see 1006 instead of 1012. */
  async beforeApplicationShutdown(): Promise<void> {
    this.watch.stop();
    this.expulsion.close();
    this.lobby.close();
    await this.node.stop();
  }
}
