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
import { type Core, type CorePorts, type CoreSettings, createCore } from './create-core.js';
import { AdmissionGuard } from './moderation/admission-guard.js';
import { RoomHub } from './rooms/room-hub.js';
import { SessionRegistry } from './session/session-registry.js';
import { SignalingGateway } from './signaling.gateway.js';
import { SignalingNode } from './signaling-node.js';
import { SignalingStats } from './signaling-stats.js';

const CORE = Symbol('CORE');
const PORTS = Symbol('CORE_PORTS');

const settingsOf = ({ nodeName, limits, rooms, sockets, rates, lease }: Config): CoreSettings => ({
  ...{ nodeName, limits },
  roomCheckMs: rooms.checkMs,
  userLimits: sockets,
  roomRate: rates.room,
  nodeTimers: lease,
});

/** Hands the adapters to the core, which knows no framework, and what the core is made of to the other modules. */
@Module({
  imports: [AuthModule, BusModule, ChatModule, IceModule, ModerationModule, PresenceModule, RoomsModule],
  controllers: [AsyncApiController],
  providers: [
    SignalingGateway,
    { provide: ConnectionQuota, inject: [CONFIG], useFactory: (config: Config) => new ConnectionQuota(config.sockets) },
    {
      provide: PORTS,
      inject: [PRESENCE, BUS, TokenVerifier, RoomAccess, Moderation, RemovalLog, ChatLog, IceServers, LOG, SECRETS],
      useFactory: (
        presence: Presence,
        bus: Bus,
        verifier: TokenVerifier,
        access: RoomAccess,
        moderation: Moderation,
        removalLog: RemovalLog,
        chat: ChatLog,
        ice: IceServers,
        log: Log,
        { sessionKey }: Secrets,
      ): CorePorts => ({
        ...{ presence, bus, verifier, access, moderation, removalLog, chat, ice, log, sessionKey },
        ...{ now: monotonic, wallClock: Date.now },
      }),
    },
    {
      provide: CORE,
      inject: [PORTS, CONFIG],
      useFactory: (ports: CorePorts, config: Config) => createCore(ports, settingsOf(config)),
    },
    { provide: SignalingNode, inject: [CORE], useFactory: ({ node }: Core) => node },
    { provide: SignalingStats, inject: [CORE], useFactory: ({ context }: Core) => context.stats },
    { provide: SessionRegistry, inject: [CORE], useFactory: ({ context }: Core) => context.registry },
    { provide: AdmissionGuard, inject: [CORE], useFactory: ({ context }: Core) => context.admissions },
    { provide: RoomHub, inject: [CORE], useFactory: ({ context }: Core) => context.rooms },
    {
      provide: Drain,
      inject: [CONFIG, SessionRegistry, PRESENCE],
      useFactory: (config: Config, registry: SessionRegistry, presence: Presence) =>
        new Drain(config.drain, registry, Math.random, async () => (await presence.nodes()).length === 1),
    },
  ],
  exports: [AdmissionGuard, Drain, RoomHub, SessionRegistry, SignalingNode, SignalingStats, ConnectionQuota],
})
export class SignalingModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(CORE) private readonly core: Core) {}

  onApplicationBootstrap(): Promise<void> {
    return this.core.start();
  }

  /** Before Nest closes the server: afterwards clients would see 1006 instead of 1012. */
  beforeApplicationShutdown(): Promise<void> {
    return this.core.close();
  }
}
