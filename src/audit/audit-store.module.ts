import { Module } from '@nestjs/common';
import { AuditStore } from './audit.store.js';

/** The audit trail's rows, for those who write them. */
@Module({ providers: [AuditStore], exports: [AuditStore] })
export class AuditStoreModule {}
