import { setTimeout as wait } from 'node:timers/promises';
import type { Unstamped } from '../history/recorder.js';

const TIMEOUT_MS = 50_000;
const ANSWER_MS = 5_000;
const AGAIN_MS = 300;

/** A room with its owner's token. */
export interface OwnedRoom {
  readonly room: string;
  readonly token: string;
}

/**
 * Performs actions of owners over REST, through the load balancer, and records when they were committed. A request with
 * an unknown outcome is repeated: all are idempotent, so the last answer describes the state.
 */
export class Moderator {
  constructor(
    private readonly url: string,
    private readonly note: (event: Unstamped) => void,
  ) {}

  async kick({ room, token }: OwnedRoom, user: string): Promise<void> {
    await this.call('POST', `/v1/rooms/${room}/kick`, token, { user });
    this.note({ kind: 'removal', room, user, ban: false });
  }

  async ban({ room, token }: OwnedRoom, user: string): Promise<void> {
    await this.call('POST', `/v1/rooms/${room}/bans`, token, { user });
    this.note({ kind: 'removal', room, user, ban: true });
  }

  async unban({ room, token }: OwnedRoom, user: string): Promise<void> {
    this.note({ kind: 'unban', room, user });
    await this.call('DELETE', `/v1/rooms/${room}/bans/${user}`, token);
  }

  async lock({ room, token }: OwnedRoom, locked: boolean): Promise<void> {
    if (!locked) this.note({ kind: 'lock', room, on: false });
    await this.call('POST', `/v1/rooms/${room}/lock`, token, { locked });
    if (locked) this.note({ kind: 'lock', room, on: true });
  }

  async remove({ room, token }: OwnedRoom): Promise<void> {
    await this.call('DELETE', `/v1/rooms/${room}`, token);
    this.note({ kind: 'deleted', room });
  }

  /** Creates another room of the same owner. If the answer is lost, the room stays unused. */
  async create({ token }: OwnedRoom): Promise<OwnedRoom> {
    const { id } = await this.call('POST', '/v1/rooms', token, { name: 'A room' });
    return { room: id, token };
  }

  private async call(method: string, path: string, token: string, body?: object): Promise<any> {
    const until = performance.now() + TIMEOUT_MS;
    for (;;) {
      const answer = await fetch(this.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
        .then(async (response) => ({ status: response.status, text: await response.text() }))
        .catch((error: Error) => ({ status: 0, text: String(error.cause ?? error) }));
      const { status, text } = answer;
      if (status >= 200 && status < 300) return text === '' ? undefined : JSON.parse(text);
      // 404 to a deletion: an earlier request succeeded.
      if (method === 'DELETE' && status === 404) return undefined;
      const passes = status === 0 || status === 429 || status >= 500;
      if (!passes || performance.now() > until) throw new Error(`${method} ${path}: ${status} ${text}`);
      await wait(AGAIN_MS);
    }
  }
}
