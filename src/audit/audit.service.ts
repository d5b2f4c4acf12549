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

/** Which page. */
export interface AuditPosition {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page, newest first. */
export interface AuditPage {
  readonly lines: AuditRow[];
  readonly nextCursor: string | null;
}

/** Shows the audit trail to those who may read it. */
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

  /** What was done in a room that there is, for its owner. @throws ProtocolError as the policy decides */
  async ofRoom(by: Principal, room: RoomId, position: AuditPosition): Promise<AuditPage> {
    await this.policy.permit(by, 'audit.read', room);
    return this.page(by, { room }, position);
  }

  /** What was done at all, for administrators. @throws ProtocolError `forbidden` */
  async ofServer(by: Principal, filter: AuditFilter, position: AuditPosition): Promise<AuditPage> {
    if (!decideForServer(by, 'audit.read_all', this.administrators)) throw new ProtocolError('forbidden');
    return this.page(by, filter, position);
  }

  private async page({ user }: Principal, filter: AuditFilter, { cursor, limit }: AuditPosition): Promise<AuditPage> {
    const { room, actor, target, action, from, to } = filter;
    const scope = [user, room, actor, target, action, from, to];
    const before = cursor === undefined ? undefined : Number(this.cursors.read(cursor, scope));
    // One more than asked for tells whether there are more.
    const found = await orUnavailable(this.store.page(filter, before, limit + 1));
    const lines = found.slice(0, limit);
    const last = lines.at(-1);
    const more = found.length > limit && last !== undefined;
    return { lines, nextCursor: more ? this.cursors.write(`${last.id}`, scope) : null };
  }
}
