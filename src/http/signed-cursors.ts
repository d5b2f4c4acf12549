import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { ProtocolError } from '@parley/protocol';

const MAC_BYTES = 16;

/**
 * Pagination cursors: a position in a list and a MAC over position and scope, in base64url. A cursor is valid only for
 * the list, user and search that it was issued for.
 */
export class SignedCursors {
  /** @param list the list's name, which separates its cursors from those of others */
  constructor(
    private readonly key: KeyObject,
    private readonly list: string,
  ) {}

  /** @param scope user and filters of the query; undefined parts count as null */
  write(location: string, scope: readonly unknown[]): string {
    const text = Buffer.from(location);
    return Buffer.concat([this.mac(text, scope), text]).toString('base64url');
  }

  /** @throws ProtocolError `bad_request` when the cursor was not issued for this query */
  read(cursor: string, scope: readonly unknown[]): string {
    const bytes = Buffer.from(cursor, 'base64url');
    const [mac, text] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
    if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, this.mac(text, scope))) {
      throw new ProtocolError('bad_request', undefined, {
        errors: [{ field: 'cursor', message: 'is not a cursor of this list' }],
      });
    }
    return text.toString();
  }

  private mac(text: Buffer, scope: readonly unknown[]): Buffer {
    const context = JSON.stringify([this.list, ...scope]);
    return createHmac('sha256', this.key).update(context).update(text).digest().subarray(0, MAC_BYTES);
  }
}
