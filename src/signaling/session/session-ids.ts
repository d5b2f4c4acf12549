import { createHmac, hash, type KeyObject } from 'node:crypto';
import type { PeerId, RoomId, SessionId, UserId } from '@parley/protocol';

/** 22 characters of base64url: 132 bits. */
const ID_LENGTH = 22;

const scratch = Buffer.alloc(64);

/**
 * Derives session and peer ids with HMAC-SHA-256. So the first `hello` and a resume are the same request on any node,
 * and no secret is stored. To use an id a client needs the session key and a valid token of the same user.
 */
export class SessionIds {
  constructor(private readonly secret: KeyObject) {}

  /** @param key the client's session key: a secret, of which only the hash is used. */
  session(user: UserId, key: string): SessionId {
    return this.derive('session', user, hash('sha256', key, 'base64url')) as SessionId;
  }

  peer(session: SessionId, room: RoomId): PeerId {
    return this.derive('peer', session, room) as PeerId;
  }

  private derive(...parts: string[]): string {
    scratch.write(createHmac('sha256', this.secret).update(parts.join('\0')).digest('base64url'), 'latin1');
    // A slice of the digest's text would keep all of it in memory as long as the id.
    return scratch.toString('latin1', 0, ID_LENGTH);
  }
}
