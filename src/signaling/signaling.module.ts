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
import type { Log } from '../logging/log.js';
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
import { NodeLease } from './cluster/node-lease.js';
import type { HandlerContext } from './messages/handler-context.js';
import { Lobby } from './moderation/lobby.js';
import { ModerationEventHandler } from './moderation/moderation-event-handler.js';
import { PeerRemover } from './moderation/peer-remover.js';
import { PendingJoins } from './moderation/pending-joins.js';
import { RemovalAwarePresence } from './moderation/removal-aware-presence.js';
import { RemovalCache } from './moderation/removal-cache.js';
import { RemovalPoller } from './moderation/removal-poller.js';
import { RoomHub } from './rooms/room-hub.js';
import { RoomLifecycle } from './rooms/room-lifecycle.js';
import { RosterSync } from './rooms/roster-sync.js';
import { SessionIds } from './session/session-ids.js';
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
      provide: RoomHub,
      inject: [BUS, SignalingStats, CONFIG],
      useFactory: (bus: Bus, stats: SignalingStats, config: Config) => new RoomHub(bus, stats, config.rates.room),
    },
    { provide: RemovalCache, useFactory: () => new RemovalCache(monotonic) },
    {
      provide: RemovalAwarePresence,
      inject: [PRESENCE, RemovalCache],
      useFactory: (presence: Presence, removals: RemovalCache) => new RemovalAwarePresence(presence, removals),
    },
    {
      provide: Lobby,
      inject: [Moderation, RoomAccess, RoomHub],
      useFactory: (moderation: Moderation, access: RoomAccess, rooms: RoomHub) =>
        new Lobby(moderation, access, rooms, monotonic),
    },
    {
      provide: RosterSync,
      inject: [RemovalAwarePresence, BUS, RoomHub, SignalingStats],
      useFactory: (...[presence, bus, rooms, stats]: [Presence, Bus, RoomHub, SignalingStats]) =>
        new RosterSync(presence, bus, rooms, stats),
    },
    {
      provide: RoomLifecycle,
      inject: [RemovalAwarePresence, RoomHub, RosterSync, SignalingStats],
      useFactory: (...[presence, rooms, sync, stats]: [Presence, RoomHub, RosterSync, SignalingStats]) =>
        new RoomLifecycle(presence, rooms, sync, stats, monotonic),
    },
    {
      provide: 'HANDLER_CONTEXT',
      inject: [
        CONFIG,
        TokenVerifier,
        RoomAccess,
        ChatLog,
        IceServers,
        SECRETS,
        SessionRegistry,
        RoomHub,
        RoomLifecycle,
        SignalingStats,
        LOG,
        RemovalCache,
        Lobby,
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
        rooms: RoomHub,
        lifecycle: RoomLifecycle,
        stats: SignalingStats,
        log: Log,
        removals: RemovalCache,
        lobby: Lobby,
        moderation: Moderation,
      ): HandlerContext => ({
        limits: config.limits,
        verifier,
        access,
        chat,
        ice,
        ids: new SessionIds(secrets.sessionKey),
        registry,
        rooms,
        lifecycle,
        ...{ removals, pendingJoins: new PendingJoins(), lobby, moderation },
        stats,
        log,
        now: monotonic,
        wallClock: Date.now,
      }),
    },
    {
      provide: SignalingNode,
      inject: [CONFIG, 'HANDLER_CONTEXT', BUS, PRESENCE, RosterSync],
      useFactory: (config: Config, context: HandlerContext, bus: Bus, presence: Presence, sync: RosterSync) => {
        const { rooms, lifecycle, log } = context;
        const lease = new NodeLease(config.nodeName, { presence, bus }, { rooms, sync, lifecycle }, log, config.lease);
        return new SignalingNode(context, bus, sync, lease);
      },
    },
    {
      provide: PeerRemover,
      inject: [RemovalAwarePresence, RoomHub, RoomLifecycle, RosterSync, RemovalCache],
      useFactory: (
        presence: RemovalAwarePresence,
        rooms: RoomHub,
        lifecycle: RoomLifecycle,
        sync: RosterSync,
        removals: RemovalCache,
      ) => {
        const remover = new PeerRemover(presence, { rooms, lifecycle, sync }, removals);
        presence.undo = {
          publish: (change) => sync.publish(change),
          retryRemoval: (room, peer) => void remover.removePeer(room, peer),
        };
        return remover;
      },
    },
    {
      provide: ModerationEventHandler,
      inject: ['HANDLER_CONTEXT', RemovalAwarePresence, RosterSync, PeerRemover, BUS],
      useFactory: (context: HandlerContext, presence: Presence, sync: RosterSync, remover: PeerRemover, bus: Bus) =>
        new ModerationEventHandler({ ...context, presence, sync, remover }, bus),
    },
    {
      provide: RemovalPoller,
      inject: [RemovalLog, BUS, RoomHub, CONFIG],
      useFactory: (removals: RemovalLog, bus: Bus, rooms: RoomHub, config: Config) =>
        new RemovalPoller(removals, bus, rooms, monotonic, config.rooms.checkMs),
    },
  ],
  exports: [Drain, RoomHub, SessionRegistry, SignalingNode, SignalingStats, ConnectionQuota],
})
export class SignalingModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(SignalingNode) private readonly node: SignalingNode,
    @Inject(RemovalPoller) private readonly poller: RemovalPoller,
    @Inject(PeerRemover) private readonly remover: PeerRemover,
    @Inject(Lobby) private readonly lobby: Lobby,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.node.start();
    this.poller.start();
  }

  /** Before Nest closes the server: afterwards clients would see 1006 instead of 1012. */
  async beforeApplicationShutdown(): Promise<void> {
    this.poller.stop();
    this.remover.close();
    this.lobby.close();
    await this.node.stop();
  }
}
