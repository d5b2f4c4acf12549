import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { IceController } from './ice.controller.js';
import { IceServers } from './ice-servers.js';

/** Provides ICE servers to clients. */
@Module({
  imports: [AuthModule, RateLimitModule, RoomsModule],
  controllers: [IceController],
  providers: [{ provide: IceServers, inject: [CONFIG], useFactory: ({ ice }: Config) => new IceServers(ice) }],
  exports: [IceServers],
})
export class IceModule {}
