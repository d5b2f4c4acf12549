import { JwtService } from '@nestjs/jwt';
import type { Role } from '@parley/protocol';
import type { Response, Test } from 'supertest';
import { TokenIssuer } from '../../../src/auth/token-issuer.js';
import type { RestApp } from '../../support/rest-app.js';

export const PASSWORD = 'plum tractor sings 42';

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Actions of the suites on one application. */
export class World {
  private people = 0;

  constructor(private readonly running: () => RestApp) {}

  get rest(): RestApp {
    return this.running();
  }

  get http(): RestApp['http'] {
    return this.rest.http;
  }

  uniqueName(prefix = 'user'): string {
    this.people += 1;
    return `${prefix}${this.people}-${Math.random().toString(36).slice(2, 8)}`;
  }

  async account(): Promise<Account> {
    const username = this.uniqueName();
    const { body } = await this.http
      .post('/v1/auth/register')
      .send({ username, password: PASSWORD, displayName: 'Ada' })
      .expect(201);
    return { id: body.user.id, username, accessToken: body.accessToken, refreshToken: body.refreshToken };
  }

  async guest(room: string): Promise<Account> {
    const { body } = await this.http.post('/v1/auth/guest').send({ displayName: 'Grace', room }).expect(201);
    return { id: body.user.id, username: '', accessToken: body.accessToken, refreshToken: body.refreshToken };
  }

  async room(owner: Account, settings: Record<string, unknown> = {}): Promise<string> {
    const { body } = await this.as(owner)
      .post('/v1/rooms', { name: 'Weekly', ...settings })
      .expect(201);
    return body.id;
  }

  /** Makes a token of an issuer that shares the secret: no account, rooms by grant. */
  external(user: string, grants: Record<string, Role | { role: Role; guests: boolean }> = {}): { accessToken: string } {
    const claims = { sub: user, name: 'Outside', ...(Object.keys(grants).length > 0 ? { rooms: grants } : {}) };
    return { accessToken: this.rest.app.get(JwtService, { strict: false }).sign(claims, { expiresIn: 60 }) };
  }

  issuer(): TokenIssuer {
    return this.rest.app.get(TokenIssuer, { strict: false });
  }

  as({ accessToken }: { accessToken: string }) {
    const signed = (test: Test) => test.set('authorization', `Bearer ${accessToken}`);
    return {
      get: (path: string) => signed(this.http.get(path)),
      post: (path: string, body: object) => signed(this.http.post(path)).send(body),
      patch: (path: string, body: object, etag?: string) =>
        (etag === undefined ? signed(this.http.patch(path)) : signed(this.http.patch(path)).set('if-match', etag)).send(
          body,
        ),
      put: (path: string, body: object) => signed(this.http.put(path)).send(body),
      delete: (path: string, body?: object) => signed(this.http.delete(path)).send(body),
    };
  }
}

/** Returns the stable part of a problem, and checks its media type. */
export const problem = (response: Response): { status: number; code: string } => {
  const { type, title, status, code, detail, requestId } = response.body as Record<string, unknown>;
  const isProblem =
    response.headers['content-type'] === 'application/problem+json; charset=utf-8' &&
    type === `urn:parley:error:${code as string}` &&
    [title, detail, requestId].every((text) => typeof text === 'string' && text !== '') &&
    status === response.status &&
    requestId === response.headers['x-request-id'];
  if (!isProblem) throw new Error(`not a problem: ${response.status} ${JSON.stringify(response.body)}`);
  return { status: response.status, code: code as string };
};

/** Returns the fields that a problem names. */
export const fields = (response: Response): string[] =>
  ((response.body.errors ?? []) as { field: string }[]).map(({ field }) => field).sort();
