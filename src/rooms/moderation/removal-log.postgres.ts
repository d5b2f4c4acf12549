import { Injectable } from '@nestjs/common';
import type { RoomId } from '@parley/protocol';
import { RoomExpiryStore } from '../room-expiry.store.js';
import { type Removal, RemovalLog } from './removal-log.js';
import { RemovalsStore } from './removals.store.js';

/** More removals than this within a few seconds are not read at once. */
const MAX_ROWS = 1_000;

/** The removals that PostgreSQL knows of. */
@Injectable()
export class PostgresRemovalLog extends RemovalLog {
  constructor(
    private readonly removals: RemovalsStore,
    private readonly endings: RoomExpiryStore,
  ) {
    super();
  }

  recent(seconds: number): Promise<readonly Removal[]> {
    return this.removals.recent(seconds, MAX_ROWS);
  }

  async occupied(ids: readonly RoomId[]): Promise<readonly RoomId[]> {
    if (ids.length === 0) return [];
    const there = new Set(await this.endings.occupied(ids));
    return ids.filter((id) => !there.has(id));
  }
}
