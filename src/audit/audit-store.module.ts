import { Module } from '@nestjs/common';
import { AuditStore } from './audit.store.js';

/** Provides the audit log's store to the modules that write entries. */
@Module({ providers: [AuditStore], exports: [AuditStore] })
export class AuditStoreModule {}
