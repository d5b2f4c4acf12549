import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { accountsOf, fresh, PASSWORD } from './accounts.js';
import { exchange } from './raw-socket.js';
import { problemOf, strip } from './rest-of.js';
import { external, hostileStage } from './stage.js';

const stage = hostileStage();
const { account, login, register } = accountsOf(stage);

describe('objects of others', () => {
  it('R01 are answered exactly like unknown ones', async () => {
    const { rest, token } = await account();
    const owner = await account();
    const made = await stage.rest().call('POST', '/v1/rooms', { name: 'Private', guestsAllowed: false }, owner.token);
    const outsider = external('stranger', { rooms: { elsewhere: 'member' } });
    const read = (id: string) => rest.ask('GET', `/v1/rooms/${id}`, { token: outsider });
    expect(problemOf(await read(made.id))).toBe('403 forbidden');
    expect(problemOf(await read('nowhere'))).toBe('404 room_not_found');
    const grant = external('maker', { rooms: { 'secret-room': 'owner' } });
    const socket = await stage.socket();
    await socket.hello(grant);
    expect((await socket.request({ type: 'join', room: 'secret-room' })).type).toBe('joined');
    const hidden = await rest.ask('GET', '/v1/rooms/secret-room', { token });
    expect(strip(hidden)).toEqual(strip(await rest.ask('GET', '/v1/rooms/nowhere', { token })));
  });

  it('R02 cannot be reached by another method, however it is overridden', async () => {
    const { rest, token } = await account();
    const owner = await account();
    const { id } = await owner.rest.room(owner.token);
    for (const headers of [
      { 'x-http-method-override': 'DELETE' },
      { 'x-http-method': 'DELETE' },
      { 'x-method-override': 'DELETE' },
    ]) {
      expect((await rest.ask('GET', `/v1/rooms/${id}?_method=DELETE`, { token, headers })).status).toBe(200);
    }
    for (const method of ['PUT', 'POST', 'PROPFIND', 'MKCOL', 'LOCK', 'SEARCH']) {
      expect((await rest.ask(method, `/v1/rooms/${id}`, { token })).status).toBe(405);
    }
    expect((await owner.rest.ask('GET', `/v1/rooms/${id}`, { token: owner.token })).status).toBe(200);
  });

  it('R03 and read-only fields are refused by name', async () => {
    const { rest, token } = await account();
    const { id } = await rest.room(token);
    const evil = {
      role: 'admin',
      ownerId: 'x',
      owner: 'x',
      id: 'x',
      createdAt: 'x',
      passwordHash: 'x',
      version: 9,
      kind: 'account',
    };
    for (const [name, value] of Object.entries(evil)) {
      const answers = [
        await rest.ask('POST', '/v1/rooms', { token, json: { name: 'R', [name]: value } }),
        await rest.ask('PATCH', `/v1/rooms/${id}`, { token, json: { [name]: value }, headers: { 'if-match': '"v1"' } }),
        await rest.ask('PATCH', '/v1/users/me', { token, json: { [name]: value } }),
        await register({ username: fresh(), password: PASSWORD, displayName: 'A', [name]: value }),
      ];
      expect(answers.map(problemOf)).toEqual(Array(4).fill('400 bad_request'));
      for (const { body } of answers)
        expect(body.errors).toEqual([{ field: name, message: 'is not a field of this request' }]);
    }
  });

  it('R04 are returned with the documented fields, and no secret ones', async () => {
    const { rest, token, id } = await account();
    const { id: room } = await rest.room(token);
    const shown = await Promise.all(
      [
        '/v1/users/me',
        `/v1/users/${id}`,
        `/v1/rooms/${room}`,
        '/v1/rooms',
        `/v1/rooms/${room}/participants`,
        `/v1/rooms/${room}/preview`,
      ].map((path) => rest.ask('GET', path, { token })),
    );
    for (const { status, text } of shown) {
      expect(status).toBe(200);
      expect(text).not.toMatch(/password|hash|\$argon2|usernameKey|validAfter|"ip"|address|email/i);
    }
    expect(Object.keys(shown[1]?.body)).toEqual(['id', 'displayName']);
  });
});

describe('lists', () => {
  it.each([
    'limit=-1',
    'limit=0',
    'limit=1e9',
    'limit=101',
    'limit=abc',
    'limit=1.5',
    'limit=',
    'limit=1&limit=2',
    'cursor=x',
    `cursor=${'x'.repeat(257)}`,
    'cursor=%00',
    'sort=password',
    'search=%00',
    'offset=1',
  ])('R05 refuse the query %s', async (query) => {
    const { rest, token } = await account();
    expect(problemOf(await rest.ask('GET', `/v1/rooms?${query}`, { token }))).toBe('400 bad_request');
  });

  it('R05 refuse a cursor of another user, of another search, and one that was changed', async () => {
    const [ada, eve] = [await account(), await account()];
    for (let n = 0; n < 3; n += 1) await ada.rest.room(ada.token);
    const list = (token: string, query: string) => ada.rest.ask('GET', `/v1/rooms?limit=1&${query}`, { token });
    const { nextCursor } = (await list(ada.token, '')).body;
    expect((await list(ada.token, `cursor=${nextCursor}`)).status).toBe(200);
    const changed = `${nextCursor.slice(0, -2)}${nextCursor.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const [token, query] of [
      [eve.token, `cursor=${nextCursor}`],
      [ada.token, `cursor=${nextCursor}&search=room`],
      [ada.token, `cursor=${changed}`],
    ] as const) {
      expect(problemOf(await list(token, query))).toBe('400 bad_request');
    }
  });
});

describe('a body', () => {
  it.each<[string, string, string | Uint8Array, string]>([
    ['of 10 MB', 'application/json', JSON.stringify({ username: 'x'.repeat(10_000_000) }), '413 payload_too_large'],
    ['of text', 'text/plain', '{"username":"a","password":"b"}', '415 unsupported_media_type'],
    ['of parts', 'multipart/form-data; boundary=x', '--x--', '415 unsupported_media_type'],
    ['of a form', 'application/x-www-form-urlencoded', 'username=a', '415 unsupported_media_type'],
    [
      'of XML',
      'application/xml',
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      '415 unsupported_media_type',
    ],
    ['of nothing', 'application/json', '', '400 bad_request'],
    ['of UTF-7', 'application/json; charset=utf-7', '+AHsAIgB9-', '400 bad_request'],
    ['of another type that is none', 'application/json/x', '{}', '415 unsupported_media_type'],
  ])('R12 %s is refused', async (_, type, body, expected) => {
    const answer = await stage
      .rest()
      .ask('POST', '/v1/auth/login', { body: body as string, headers: { 'content-type': type } });
    expect(problemOf(answer)).toBe(expected);
  });

  it('R12 that is compressed is refused without unpacking it', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const before = await stage.metric('process_resident_memory_bytes');
    const answer = await stage.rest().ask('POST', '/v1/auth/login', {
      body: bomb as unknown as string,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    expect(['400 bad_request', '413 payload_too_large', '415 unsupported_media_type']).toContain(problemOf(answer));
    expect(await stage.metric('process_resident_memory_bytes')).toBeLessThan(before + 100 * 1024 * 1024);
  });
});

describe('every answer', () => {
  it('R14 of every route has security headers, and none that reveals the software', async () => {
    const document = (await stage.rest().ask('GET', '/docs/openapi.json')).body;
    for (const [path, methods] of Object.entries(document.paths as Record<string, object>)) {
      for (const method of Object.keys(methods)) {
        const { headers } = await stage.rest().ask(method.toUpperCase(), path.replace('{id}', 'x'));
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
        expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
        if (path.startsWith('/v1/')) expect(headers.get('cache-control')).toBe('no-store');
        for (const name of ['x-powered-by', 'server', 'set-cookie']) expect(headers.get(name)).toBeNull();
      }
    }
  });

  it('R15 to a cookie alone is 401', async () => {
    const { token } = await account();
    const headers = {
      cookie: `token=${token}; accessToken=${token}; session=${token}`,
      origin: 'https://evil.example',
    };
    const answer = await stage.rest().ask('POST', '/v1/rooms', { headers, json: { name: 'CSRF' } });
    expect(problemOf(answer)).toBe('401 unauthenticated');
  });

  it('R16 of health checks reveals no details', async () => {
    expect((await stage.rest().ask('GET', '/health/live')).body).toEqual({ status: 'ok' });
    const { body } = await stage.rest().ask('GET', '/health/ready');
    expect(Object.keys(body).sort()).toEqual(['bus', 'database', 'draining', 'presence', 'status']);
    // Only the kind of fault; addresses, names and messages of the database are for the log.
    expect(body.database).toBe('ok');
  });

  it('R17 to a failure has the request id of the log, and no stack', async () => {
    const answer = await stage.rest().ask('GET', '/v1/rooms/x', { token: 'a.b.c' });
    expect(problemOf(answer)).toBe('401 token_invalid');
    await until(() => stage.securityLines().some((line) => line.requestId === answer.body.requestId));
  });

  it('R20 about a deleted account or room is 404', async () => {
    const [ada, eve] = [await account(), await account()];
    const { id: room } = await ada.rest.room(ada.token);
    expect(
      (await ada.rest.ask('DELETE', '/v1/users/me', { token: ada.token, json: { password: PASSWORD } })).status,
    ).toBe(204);
    expect(problemOf(await eve.rest.ask('GET', `/v1/users/${ada.id}`, { token: eve.token }))).toBe('404 not_found');
    for (const path of [`/v1/rooms/${room}`, `/v1/rooms/${room}/messages`, `/v1/rooms/${room}/participants`]) {
      expect(problemOf(await eve.rest.ask('GET', path, { token: eve.token }))).toBe('404 room_not_found');
    }
    expect(problemOf(await login(ada.username, PASSWORD))).toBe('401 invalid_credentials');
  });

  it('R12 to a body that ends before its announced length is 408', async () => {
    const head = 'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    const answer = await exchange(stage.node.url, `${head}Content-Length: 50\r\n\r\n{`, 25_000);
    expect(answer.status).toBe(408);
  }, 40_000);
});
