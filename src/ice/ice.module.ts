import { Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { IceServers } from './ice-servers.js';

/** The ICE servers that clients are told of. */
@Module({
  providers: [{ provide: IceServers, inject: [CONFIG], useFactory: ({ ice }: Config) => new IceServers(ice) }],
  exports: [IceServers],
})
export class IceModule {}
