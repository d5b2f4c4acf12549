import { type DynamicModule, Module } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BridgesModule } from './bridges/bridges.module.js';
import { ChatModule } from './chat/chat.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { IceModule } from './ice/ice.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { OpsModule } from './ops/ops.module.js';
import { ModerationModule } from './rooms/moderation/moderation.module.js';
import { RoomsModule } from './rooms/rooms.module.js';
import { SchedulerModule } from './scheduler/scheduler.module.js';
import { SignalingModule } from './signaling/signaling.module.js';
import { UsersModule } from './users/users.module.js';

/** The root module of the server. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's dynamic modules are such classes
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule,
        DatabaseModule,
        AuthModule,
        UsersModule,
        RoomsModule,
        ModerationModule,
        ChatModule,
        IceModule,
        SignalingModule,
        BridgesModule,
        AuditModule,
        SchedulerModule,
        OpsModule,
      ],
    };
  }
}
