import { Injectable } from '@nestjs/common';
import type { RoomId } from '@parley/protocol';
import { RoomExpiryStore } from '../room-expiry.store.js';
import { type Removal, RemovalLog } from './removal-log.js';
import { RemovalsStore } from './removals.store.js';

/** Maximum number of removals that one poll reads. */
const MAX_ROWS = 1_000;

/** The removal log in PostgreSQL. */
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
