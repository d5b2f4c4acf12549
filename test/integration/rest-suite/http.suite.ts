import { request as httpRequest } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { resolved, undescribed } from './answer-judge.js';
import { ADMINISTRATOR } from './audit.suite.js';
import { problem, type World } from './world.js';

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { schema: { $ref: string } }> };
  readonly operationId?: string;
  readonly responses: Record<string, Response>;
}
interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Record<string, unknown>;
}
interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly responses: Record<string, Response>;
    readonly schemas: Record<string, { properties: Record<string, { example?: unknown }> }>;
  };
}

export const httpSuite = (world: World): void => {
  const login = '/v1/auth/login';

  describe('HTTP', () => {
    it('answers an unknown route or method with a problem', async () => {
      expect(problem(await world.http.get('/v1/nowhere'))).toEqual({ status: 404, code: 'not_found' });
      const put = await world.http.put('/v1/rooms/abc');
      expect([problem(put), put.headers.allow]).toEqual([
        { status: 405, code: 'method_not_allowed' },
        'DELETE, GET, HEAD, PATCH',
      ]);
      expect(JSON.stringify((await world.http.get('/v1/<script>')).body)).not.toContain('script');
    });

    it('names the field with text that no database can store', async () => {
      const owner = await world.account();
      const as = world.as(owner);
      const admin = world.as(world.external(ADMINISTRATOR));
      const room = `/v1/rooms/${await world.room(owner)}`;
      const nobody = { user: 'no\0body' };
      const fieldOf = async (asked: PromiseLike<{ status: number; body: unknown }>) => {
        const { status, body } = await asked;
        return [status, ...((body as { errors?: { field: string }[] }).errors ?? []).map(({ field }) => field)];
      };
      for (const path of ['kick', 'bans', 'permit', 'transfer'])
        expect([path, ...(await fieldOf(as.post(`${room}/${path}`, nobody)))]).toEqual([path, 400, 'user']);
      expect(await fieldOf(as.get(`${room}/members?after=%00`))).toEqual([400, 'after']);
      expect(await fieldOf(admin.get('/v1/audit?actor=%00'))).toEqual([400, 'actor']);
      expect(await fieldOf(admin.get('/v1/audit?target=%00'))).toEqual([400, 'target']);
      for (const path of [`${room}/members/%00`, `${room}/bans/%00`]) expect((await as.delete(path)).status).toBe(404);
    });

    it('reads the numbers of a query as digits, and knows every name in it', async () => {
      const as = world.as(await world.account());
      const room = `/v1/rooms/${(await as.post('/v1/rooms', { name: 'Weekly' }).expect(201)).body.id}`;
      for (const path of ['/v1/rooms', `${room}/messages`, `${room}/audit`]) {
        await as.get(`${path}?limit=10`).expect(200);
        for (const limit of ['1e1', '0x10', '%2B5', '%205', '5.0', '-1', '0', '101', '', '5&limit=5']) {
          const { status, body } = await as.get(`${path}?limit=${limit}`);
          expect([path, limit, status, body.errors[0].field]).toEqual([path, limit, 400, 'limit']);
        }
        for (const name of ['__proto__', 'constructor', 'other']) {
          const { status, body } = await as.get(`${path}?${name}=1`);
          expect([name, status, body.errors[0].field]).toEqual([name, 400, name]);
        }
      }
      expect((await as.get(`${room}/messages?after=1e1`)).status).toBe(400);
      const constructed = await as.post('/v1/rooms', { name: 'Weekly', constructor: 1 });
      expect([constructed.status, constructed.body.errors]).toMatchObject([400, [{ field: 'constructor' }]]);
    });

    it('reads times as RFC 3339 has them, everywhere', async () => {
      const as = world.as(await world.account());
      const room = `/v1/rooms/${(await as.post('/v1/rooms', { name: 'Weekly' }).expect(201)).body.id}`;
      for (const until of ['2026-W53-7', '2099-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '2099-12-24']) {
        const { status, body } = await as.post(`${room}/bans`, { user: 'nobody', until });
        expect([until, status, body.errors[0].field]).toEqual([until, 400, 'until']);
      }
      await as.post(`${room}/bans`, { user: 'nobody', until: '2099-12-24T18:00:00+02:00' }).expect(204);
      expect((await as.get(`${room}/bans`)).body.bans).toMatchObject([{ until: '2099-12-24T16:00:00.000Z' }]);
    });

    it('takes an empty body with the type of JSON for none', async () => {
      const owner = await world.account();
      const room = await world.room(owner);
      const ask = (method: 'post' | 'delete', path: string) =>
        world.http[method](path)
          .set('authorization', `Bearer ${owner.accessToken}`)
          .set('content-type', 'application/json')
          .send('');
      expect((await ask('post', `/v1/rooms/${room}/invites`)).status).toBe(201);
      expect((await ask('post', `/v1/rooms/${room}/kick`)).status).toBe(400);
      expect((await ask('delete', `/v1/rooms/${room}`)).status).toBe(204);
      expect((await ask('post', '/v1/auth/logout-all')).status).toBe(204);
    });

    it.each([
      ['text', 'text/plain', '{"username":"ada","password":"x"}', 415],
      ['a form', 'application/x-www-form-urlencoded', 'username=ada&password=x', 415],
      ['parts', 'multipart/form-data; boundary=x', '--x--', 415],
      ['half of JSON', 'application/json', '{"username":', 400],
      ['nothing', 'application/json', '', 400],
      ['a list', 'application/json', '[]', 400],
      ['null', 'application/json', 'null', 400],
      ['a text of JSON', 'application/json', '"x"', 400],
      ['10,000 levels', 'application/json', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 400],
      ['more than 100 kB', 'application/json', JSON.stringify({ username: 'x'.repeat(110_000) }), 413],
    ])('refuses a body of %s', async (_, type, body, status) => {
      const answer = await world.http.post(login).set('content-type', type).send(body);
      expect(problem(answer).status).toBe(status);
    });

    it('accepts cookies of 15 KiB, and refuses a header of 20 KiB', async () => {
      const { port } = (world.rest.app.getHttpServer() as Server).address() as AddressInfo;
      const statusOf = (cookie: string) =>
        new Promise((resolve, reject) => {
          const sent = httpRequest({ port, host: '127.0.0.1', path: '/v1/users/me', headers: { cookie } });
          sent.once('response', (response) => resolve(response.statusCode)).once('error', reject);
          sent.end();
        });
      expect(await statusOf(`big=${'x'.repeat(15_360)}`)).toBe(401);
      expect(await statusOf(`big=${'x'.repeat(20_480)}`)).toBe(431);
    });

    it('bounds the time of a request', () => {
      const server = world.rest.app.getHttpServer();
      expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout]).toEqual([10_000, 15_000, 72_000]);
    });

    it('accepts a valid request id, and generates one otherwise', async () => {
      const id = 'a1b2c3d4-trace';
      expect((await world.http.get('/v1/nowhere').set('x-request-id', id)).body.requestId).toBe(id);
      for (const unexpected of ['short', 'x'.repeat(65), 'a b c d e f g', '<script>aaaa']) {
        const { body, headers } = await world.http.get('/v1/nowhere').set('x-request-id', unexpected);
        expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
        expect(headers['x-request-id']).toBe(body.requestId);
      }
    });

    it('sets security headers, and none that reveal the software', async () => {
      const { headers } = await world.http.get('/v1/rooms');
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      const policy = headers['content-security-policy'];
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toContain('upgrade-insecure-requests');
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
    });

    it('refuses other origins unless they are configured', async () => {
      const answer = await world.http
        .options('/v1/rooms')
        .set('origin', 'https://evil.example')
        .set('access-control-request-method', 'GET');
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      const named = await world.http.get('/v1/rooms').set('origin', 'https://app.example');
      expect(named.headers).not.toHaveProperty('access-control-allow-credentials');
    });

    it('lets pages of any origin read the liveness check, and nothing else', async () => {
      const policy = async (path: string) => (await world.http.get(path)).headers['cross-origin-resource-policy'];
      expect(await policy('/health/live')).toBe('cross-origin');
      expect(await policy('/health/ready')).toBe('same-origin');
      expect(await policy('/v1/rooms')).toBe('same-origin');
    });

    it('returns ICE servers for any valid token', async () => {
      const answer = await world
        .as(await world.account())
        .get('/v1/ice-servers')
        .expect(200);
      expect(answer.body).toEqual({
        iceServers: [
          { urls: ['stun:stun.example.org:3478'] },
          {
            urls: ['turn:turn.example.org:3478'],
            username: expect.stringMatching(/^\d+:u_[\w-]+$/),
            credential: expect.any(String),
          },
        ],
      });
      expect(problem(await world.http.get('/v1/ice-servers')).code).toBe('unauthenticated');
    });

    it('limits the requests for ICE servers per user', async () => {
      const [greedy, other] = [await world.account(), await world.account()];
      const answers = await Promise.all(Array.from({ length: 40 }, () => world.as(greedy).get('/v1/ice-servers')));
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(10);
      for (const answer of refused) {
        expect(problem(answer)).toEqual({ status: 429, code: 'rate_limited' });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      }
      await world.as(other).get('/v1/ice-servers').expect(200);
    });
  });

  it('has answered only what its API document describes', async () => {
    const { body } = await world.http.get('/docs/openapi.json').expect(200);
    expect(world.rest.answers.length).toBeGreaterThan(500);
    expect(undescribed(body, world.rest.answers)).toEqual([]);
  });

  it('documents every body with an example for every field, and every error as a problem', async () => {
    const { body } = (await world.http.get('/docs/openapi.json').expect(200)) as { body: OpenApi };
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'delete /v1/rooms/{id}',
      'delete /v1/rooms/{id}/bans/{user}',
      'delete /v1/rooms/{id}/invites/{invite}',
      'delete /v1/rooms/{id}/members/{user}',
      'delete /v1/rooms/{id}/transfer',
      'delete /v1/users/me',
      'get /v1/audit',
      'get /v1/ice-servers',
      'get /v1/rooms',
      'get /v1/rooms/{id}',
      'get /v1/rooms/{id}/audit',
      'get /v1/rooms/{id}/bans',
      'get /v1/rooms/{id}/invites',
      'get /v1/rooms/{id}/lobby',
      'get /v1/rooms/{id}/members',
      'get /v1/rooms/{id}/messages',
      'get /v1/rooms/{id}/participants',
      'get /v1/rooms/{id}/preview',
      'get /v1/rooms/{id}/transfer',
      'get /v1/transfers',
      'get /v1/users/me',
      'get /v1/users/{id}',
      'patch /v1/rooms/{id}',
      'patch /v1/users/me',
      'post /v1/auth/guest',
      'post /v1/auth/login',
      'post /v1/auth/logout',
      'post /v1/auth/logout-all',
      'post /v1/auth/refresh',
      'post /v1/auth/register',
      'post /v1/invites/accept',
      'post /v1/rooms',
      'post /v1/rooms/{id}/bans',
      'post /v1/rooms/{id}/invites',
      'post /v1/rooms/{id}/kick',
      'post /v1/rooms/{id}/lobby',
      'post /v1/rooms/{id}/lock',
      'post /v1/rooms/{id}/mute',
      'post /v1/rooms/{id}/permit',
      'post /v1/rooms/{id}/transfer',
      'post /v1/rooms/{id}/transfer/accept',
      'post /v1/rooms/{id}/transfer/decline',
      'put /v1/rooms/{id}/members/{user}',
    ]);
    for (const { operation } of operations) {
      const schema = operation.requestBody?.content['application/json']?.schema.$ref;
      if (schema !== undefined) {
        const { properties } = body.components.schemas[schema.split('/').pop() ?? ''] ?? { properties: {} };
        expect(Object.keys(properties)).not.toEqual([]);
        for (const property of Object.values(properties)) expect(property).toHaveProperty('example');
      }
      const faults = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(faults.length).toBeGreaterThan(0);
      for (const [, fault] of faults)
        expect(Object.keys(resolved(body, fault)?.content ?? {})).toEqual(['application/problem+json']);
    }
  });

  it('names each operation with a verb and a noun, describes each response, and repeats none', async () => {
    const { body } = (await world.http.get('/docs/openapi.json').expect(200)) as { body: OpenApi };
    const operations = Object.values(body.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(?:[A-Z][a-z]+)+$/);
    expect(new Set(ids).size).toBe(ids.length);
    const responses = operations.flatMap((operation) => Object.values(operation.responses));
    for (const response of responses) expect(resolved(body, response)?.description).toMatch(/\w/);
    const faults = operations.flatMap((operation) =>
      Object.entries(operation.responses).filter(([status, { $ref }]) => Number(status) >= 400 && $ref === undefined),
    );
    const texts = [...faults.map(([, fault]) => fault), ...Object.values(body.components.responses)].map((each) =>
      JSON.stringify(each),
    );
    expect(texts.length).toBeGreaterThan(0);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('compresses its API document, and answers 304 if it is unchanged', async () => {
    const ask = (headers: Record<string, string>) => world.http.get('/docs/openapi.json').set(headers);
    const plain = await ask({ 'accept-encoding': 'identity' }).expect(200);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.headers['content-type']).toBe('application/json; charset=utf-8');
    const zipped = await ask({ 'accept-encoding': 'br, gzip;q=0.5' }).expect(200);
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.body).toEqual(plain.body);
    expect(Number(zipped.headers['content-length'])).toBeLessThan(Number(plain.headers['content-length']) / 5);
    expect(zipped.headers.etag).toBe(plain.headers.etag);
    expect((await ask({ 'accept-encoding': 'gzip;q=0' }).expect(200)).headers).not.toHaveProperty('content-encoding');
    const again = await ask({ 'if-none-match': `"old", ${plain.headers.etag}` }).expect(304);
    expect(again.text).toBe('');
  });
};
