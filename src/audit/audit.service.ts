import { Inject, Injectable } from '@nestjs/common';
import { ProtocolError, type RoomId } from '@parley/protocol';
import { decideForServer } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import { SECRETS, type Secrets } from '../auth/signing-secret.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { orUnavailable } from '../database/database-errors.js';
import { SignedCursors } from '../http/signed-cursors.js';
import { RoomPolicy } from '../rooms/room-policy.js';
import { type AuditFilter, type AuditRow, AuditStore } from './audit.store.js';

/** The requested page. */
export interface AuditPosition {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page of audit entries, newest first. */
export interface AuditPage {
  readonly entries: AuditRow[];
  readonly nextCursor: string | null;
}

/** Reads the audit log for users who may see it. */
@Injectable()
export class AuditService {
  private readonly cursors: SignedCursors;
  private readonly administrators: ReadonlySet<string>;

  constructor(
    private readonly store: AuditStore,
    private readonly policy: RoomPolicy,
    @Inject(SECRETS) secrets: Secrets,
    @Inject(CONFIG) config: Config,
  ) {
    this.cursors = new SignedCursors(secrets.sessionKey, 'parley audit cursor');
    this.administrators = new Set(config.administrators);
  }

  /** Entries of an existing room, for its owner. @throws ProtocolError as the policy decides */
  async ofRoom(by: Principal, room: RoomId, position: AuditPosition): Promise<AuditPage> {
    await this.policy.permit(by, 'audit.read', room);
    return this.page(by, { room }, position);
  }

  /** Entries of the whole server, for administrators. @throws ProtocolError `forbidden` */
  async ofServer(by: Principal, filter: AuditFilter, position: AuditPosition): Promise<AuditPage> {
    if (!decideForServer(by, 'audit.read_all', this.administrators)) throw new ProtocolError('forbidden');
    return this.page(by, filter, position);
  }

  private async page({ user }: Principal, filter: AuditFilter, { cursor, limit }: AuditPosition): Promise<AuditPage> {
    const { room, actor, target, action, from, to } = filter;
    const scope = [user, room, actor, target, action, from, to];
    const before = cursor === undefined ? undefined : Number(this.cursors.read(cursor, scope));
    // One more than requested shows whether there is a next page.
    const found = await orUnavailable(this.store.page(filter, before, limit + 1));
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    const more = found.length > limit && last !== undefined;
    return { entries, nextCursor: more ? this.cursors.write(`${last.id}`, scope) : null };
  }
}
