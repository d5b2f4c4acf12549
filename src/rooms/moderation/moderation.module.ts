import { Module } from '@nestjs/common';
import { AuditStoreModule } from '../../audit/audit-store.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { RoomsModule } from '../rooms.module.js';
import { RoomsStoreModule } from '../rooms-store.module.js';
import { BansController } from './bans.controller.js';
import { InvitesController } from './invites.controller.js';
import { InvitesService } from './invites.service.js';
import { LobbyController } from './lobby.controller.js';
import { LobbyService } from './lobby.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MembersStore } from './members.store.js';
import { ModerationController } from './moderation.controller.js';
import { Moderation } from './moderation.js';
import { RoomModeration } from './moderation.service.js';
import { RemovalLog } from './removal-log.js';
import { PostgresRemovalLog } from './removal-log.postgres.js';
import { RemovalsService } from './removals.service.js';
import { TransfersController } from './transfers.controller.js';
import { TransfersService } from './transfers.service.js';
import { TransfersStore } from './transfers.store.js';

/** Moderation for REST and the gateway: lobby, invites, kicks, bans, members and permissions. */
@Module({
  imports: [AuthModule, AuditStoreModule, RoomsModule, RoomsStoreModule],
  controllers: [
    ...[BansController, InvitesController, LobbyController, MembersController],
    ...[ModerationController, TransfersController],
  ],
  providers: [
    InvitesService,
    LobbyService,
    MembersService,
    MembersStore,
    RemovalsService,
    TransfersService,
    TransfersStore,
    { provide: Moderation, useClass: RoomModeration },
    { provide: RemovalLog, useClass: PostgresRemovalLog },
  ],
  exports: [Moderation, RemovalLog],
})
export class ModerationModule {}
