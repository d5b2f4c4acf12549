import type { KeyObject } from 'node:crypto';
import { SignedCursors } from '../http/signed-cursors.js';
import type { RoomPosition } from './rooms.store.js';

/** The user and search that a cursor is valid for. */
export interface CursorScope {
  readonly user: string;
  readonly search: string | undefined;
}

/** Cursors of the list of rooms. */
export class RoomCursors {
  private readonly cursors: SignedCursors;

  constructor(key: KeyObject) {
    this.cursors = new SignedCursors(key, 'parley rooms cursor');
  }

  write({ createdAt, id }: RoomPosition, { user, search }: CursorScope): string {
    return this.cursors.write(`${createdAt} ${id}`, [user, search]);
  }

  /** @throws ProtocolError `bad_request` when the cursor was not issued for this query */
  read(cursor: string, { user, search }: CursorScope): RoomPosition {
    const [createdAt, id] = this.cursors.read(cursor, [user, search]).split(' ');
    return { createdAt: Number(createdAt), id: id ?? '' };
  }
}
