import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TokenVerifier } from '../auth/principal.js';
import { SECRETS, type Secrets } from '../auth/signing-secret.js';
import type { Bus } from '../bus/bus.js';
import { BusModule } from '../bus/bus.module.js';
import { BUS } from '../bus/bus.tokens.js';
import { ChatModule } from '../chat/chat.module.js';
import { ChatLog } from '../chat/chat-log.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { IceModule } from '../ice/ice.module.js';
import { IceServers } from '../ice/ice-servers.js';
import { LOG } from '../ops/logging.module.js';
import type { Presence } from '../presence/presence.js';
import { PresenceModule } from '../presence/presence.module.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { RoomAccess } from '../rooms/room-access.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { Drain } from './drain.js';
import { LocalRooms } from './local-rooms.js';
import { Membership } from './membership.js';
import { NodeLife } from './node-life.js';
import { RosterSync } from './roster-sync.js';
import { SessionIdentity } from './session-identity.js';
import { SessionRegistry } from './session-registry.js';
import { SignalingGateway } from './signaling.gateway.js';
import { SignalingNode } from './signaling-node.js';
import type { Log, Services } from './signaling-services.js';
import { SignalingStats } from './signaling-stats.js';
import { SocketQuota } from './socket-quota.js';

const monotonic = (): number => performance.now();

/** The core knows no framework; this is where it is put together. */
@Module({
  imports: [AuthModule, BusModule, ChatModule, IceModule, PresenceModule, RoomsModule],
  providers: [
    SignalingGateway,
    { provide: SocketQuota, inject: [CONFIG], useFactory: (config: Config) => new SocketQuota(config.sockets) },
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
      inject: [BUS, SignalingStats],
      useFactory: (bus: Bus, stats: SignalingStats) => new LocalRooms(bus, stats),
    },
    {
      provide: RosterSync,
      inject: [PRESENCE, BUS, LocalRooms, SignalingStats],
      useFactory: (...[presence, bus, rooms, stats]: [Presence, Bus, LocalRooms, SignalingStats]) =>
        new RosterSync(presence, bus, rooms, stats),
    },
    {
      provide: Membership,
      inject: [PRESENCE, LocalRooms, RosterSync, SignalingStats],
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
  ],
  exports: [Drain, LocalRooms, SessionRegistry, SignalingNode, SignalingStats, SocketQuota],
})
export class SignalingModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(SignalingNode) private readonly node: SignalingNode) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.node.start();
  }

  /** Before Nest closes the server: afterwards clients would see 1006 instead of 1012. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.node.stop();
  }
}
