import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { AuditStoreModule } from './audit-store.module.js';

/** Serves the audit log to room owners and administrators. */
@Module({
  imports: [AuditStoreModule, AuthModule, RoomsModule],
  controllers: [AuditController],
  providers: [AuditService],
})
export class AuditModule {}
