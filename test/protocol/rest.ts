import { randomBytes } from 'node:crypto';

/** REST requests of tests to the server at `origin`. */
export class Rest {
  constructor(readonly origin: string) {}

  async call(method: string, path: string, body?: object, token?: string): Promise<any> {
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Registers an account. */
  async register(displayName = 'Tester'): Promise<{ accessToken: string; refreshToken: string; user: { id: string } }> {
    const username = `u${randomBytes(8).toString('hex')}`;
    return this.call('POST', '/v1/auth/register', { username, password: randomBytes(12).toString('hex'), displayName });
  }

  async room(token: string, more: object = {}): Promise<{ id: string }> {
    return this.call('POST', '/v1/rooms', { name: 'A room', ...more }, token);
  }

  /** Changes the current version of a room. */
  async patchRoom(room: string, change: object, token: string): Promise<void> {
    const response = await fetch(`${this.origin}/v1/rooms/${room}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'if-match': '*' },
      body: JSON.stringify(change),
    });
    if (!response.ok) throw new Error(`PATCH of a room: ${response.status} ${await response.text()}`);
  }

  /** Waits until the room does not exist. */
  async untilGone(room: string, token: string): Promise<void> {
    for (;;) {
      const response = await fetch(`${this.origin}/v1/rooms/${room}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (response.status === 404) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  get signaling(): string {
    return `${this.origin.replace(/^http/, 'ws')}/v1/signaling`;
  }
}
