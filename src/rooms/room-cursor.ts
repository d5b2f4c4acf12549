import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { ProtocolError } from '@parley/protocol';
import type { RoomPlace } from './rooms.store.js';

/** What a cursor belongs to: it works for the same user and the same search alone. */
export interface CursorScope {
  readonly user: string;
  readonly search: string | undefined;
}

const MAC_BYTES = 16;

/** Cursors of the list of rooms: a place, and a MAC over it and its scope, in base64url. */
export class RoomCursors {
  constructor(private readonly key: KeyObject) {}

  write(place: RoomPlace, scope: CursorScope): string {
    const text = Buffer.from(`${place.createdAt} ${place.id}`);
    return Buffer.concat([this.mac(text, scope), text]).toString('base64url');
  }

  /** @throws ProtocolError `bad_request` when the cursor is not one that was given for this query */
  read(cursor: string, scope: CursorScope): RoomPlace {
    const bytes = Buffer.from(cursor, 'base64url');
    const [mac, text] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
    if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, this.mac(text, scope))) {
      throw new ProtocolError('bad_request', undefined, {
        errors: [{ field: 'cursor', message: 'is not a cursor of this list' }],
      });
    }
    const [createdAt, id] = text.toString().split(' ');
    return { createdAt: Number(createdAt), id: id ?? '' };
  }

  private mac(text: Buffer, { user, search }: CursorScope): Buffer {
    const scope = JSON.stringify(['parley rooms cursor', user, search ?? null]);
    return createHmac('sha256', this.key).update(scope).update(text).digest().subarray(0, MAC_BYTES);
  }
}
