import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TokenVerifier } from '../auth/principal.js';
import type { Bus } from '../bus/bus.js';
import { BusModule } from '../bus/bus.module.js';
import { BUS } from '../bus/bus.tokens.js';
import { monotonic } from '../clock/monotonic.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { Log } from '../logging/log.js';
import { LOG } from '../logging/logging.module.js';
import { NameRouter } from '../names/name-router.js';
import { NamesModule } from '../names/names.module.js';
import { SignalingModule } from '../signaling/signaling.module.js';
import type { Topics } from '../topics/topics.js';
import { TopicsModule } from '../topics/topics.module.js';
import { TOPICS } from '../topics/topics.tokens.js';
import { ConnectionQuota } from '../websocket/connection-quota.js';
import { Drain } from '../websocket/drain.js';
import type { BridgeServices } from './bridge.js';
import { BridgeHost } from './bridge-host.js';
import { BRIDGES } from './bridges.js';

/** The bridges for other people's clients. They know ports; this is where they are put together. */
@Module({
  imports: [AuthModule, BusModule, NamesModule, SignalingModule, TopicsModule],
  providers: [
    {
      provide: 'BRIDGE_SERVICES',
      inject: [CONFIG, TokenVerifier, NameRouter, TOPICS, LOG],
      useFactory: (
        config: Config,
        verifier: TokenVerifier,
        names: NameRouter,
        topics: Topics,
        log: Log,
      ): BridgeServices => ({
        config,
        verifier,
        names,
        topics,
        log,
        now: monotonic,
      }),
    },
    {
      provide: BridgeHost,
      inject: ['BRIDGE_SERVICES', ConnectionQuota, BUS],
      useFactory: (services: BridgeServices, quota: ConnectionQuota, bus: Bus) => {
        const bridges = BRIDGES.map((make) => make(services)).filter((bridge) => bridge !== undefined);
        return new BridgeHost(bridges, services.config, quota, bus, services.log, monotonic);
      },
    },
  ],
  exports: [BridgeHost],
})
export class BridgesModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(BridgeHost) private readonly host: BridgeHost,
    @Inject(Drain) private readonly drain: Drain,
  ) {}

  onApplicationBootstrap(): void {
    this.host.start();
    this.drain.add(this.host);
  }

  /** Before Nest closes the server: afterwards clients would see 1006 instead of 1012. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.host.stop();
  }
}
