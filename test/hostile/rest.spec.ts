import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { exchange } from './raw-socket.js';
import { type Answer, problemOf } from './rest-of.js';
import { external, hostileStage } from './stage.js';

const stage = hostileStage({
  REGISTER_BURST: '200',
  GUEST_BURST: '5',
  GUESTS_PER_MINUTE: '1',
  REFRESH_BURST: '5',
  REFRESHES_PER_MINUTE: '1',
  USER_REQUEST_BURST: '100',
  USER_REQUESTS_PER_SECOND: '1',
});

const PASSWORD = 'plum tractor sings 42';
const fresh = () => `r${randomBytes(8).toString('hex')}`;
const register = (json: object, rest = stage.rest()) => rest.ask('POST', '/v1/auth/register', { json });
const account = async (rest = stage.rest()) => {
  const username = fresh();
  const { body } = await register({ username, password: PASSWORD, displayName: 'Ada' }, rest);
  return { rest, username, token: body.accessToken as string, id: body.user.id as string };
};
const login = (username: string, password: string, rest = stage.rest()) =>
  rest.ask('POST', '/v1/auth/login', { json: { username, password } });
const strip = ({ body: { requestId: _id, ...body } }: Answer) => body;
const waits = (answer: Answer) => {
  expect(problemOf(answer)).toBe('429 rate_limited');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
};

describe('objects of others', () => {
  it('R01 answer as what is not there does, word for word', async () => {
    const { rest, token } = await account();
    const owner = await account();
    const made = await stage.rest().call('POST', '/v1/rooms', { name: 'Private', guestsAllowed: false }, owner.token);
    const stranger = external('stranger', { rooms: { elsewhere: 'member' } });
    const read = (id: string) => rest.ask('GET', `/v1/rooms/${id}`, { token: stranger });
    expect(problemOf(await read(made.id))).toBe('403 forbidden');
    expect(problemOf(await read('nowhere'))).toBe('404 room_not_found');
    const grant = external('maker', { rooms: { 'secret-room': 'owner' } });
    const socket = await stage.socket();
    await socket.hello(grant);
    expect((await socket.request({ type: 'join', room: 'secret-room' })).type).toBe('joined');
    const hidden = await rest.ask('GET', '/v1/rooms/secret-room', { token });
    expect(strip(hidden)).toEqual(strip(await rest.ask('GET', '/v1/rooms/nowhere', { token })));
  });

  it('R02 are not reached by another verb, however it is named', async () => {
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

  it('R03 and fields that are not for a client are refused by name', async () => {
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

  it('R04 are shown with the fields of the description, and none that is secret', async () => {
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

describe('guessing', () => {
  it('R07 gets the same answer for an account that is there and one that is not', async () => {
    const { username } = await account();
    const [known, unknown] = [await login(username, 'wrong'), await login(fresh(), 'wrong')];
    expect(problemOf(known)).toBe('401 invalid_credentials');
    expect(strip(known)).toEqual(strip(unknown));
    expect([...known.headers.keys()].sort()).toEqual([...unknown.headers.keys()].sort());
  });

  it('R08 of one password from one address ends after ten, and its victim gets in from home', async () => {
    const { username } = await account();
    const attacker = stage.rest();
    for (let n = 0; n < 10; n += 1) expect((await login(username, `guess ${n}`, attacker)).status).toBe(401);
    waits(await login(username, PASSWORD, attacker));
    expect((await login(username, PASSWORD)).status).toBe(200);
  });

  it('R08 of one password on many accounts from one address ends too', async () => {
    const attacker = stage.rest();
    const statuses = [];
    for (let n = 0; n < 210; n += 10) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => login(fresh(), 'Summer2026!', attacker)));
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(200);
    expect(new Set(statuses.slice(200))).toEqual(new Set([429]));
    const { username } = await account();
    expect((await login(username, PASSWORD)).status).toBe(200);
  }, 60_000);

  it('R08 from a hundred addresses at one account ends, for a while and not for ever', async () => {
    const { username, rest: home } = await account();
    for (let n = 0; n < 100; n += 20) await Promise.all(Array.from({ length: 20 }, () => login(username, 'guess')));
    const answer = await login(username, PASSWORD);
    waits(answer);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60);
    // Whoever has the account is not locked out of it by strangers.
    expect((await login(username, PASSWORD, home)).status).toBe(200);
    waits(await login(username, PASSWORD));
  }, 60_000);

  it('R09 five hundred times at once is done four at a time, or refused with a time to come back', async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, () => login(fresh(), 'guess')));
    expect(new Set(answers.map(problemOf))).toEqual(new Set(['401 invalid_credentials', '503 unavailable']));
    for (const { status, headers } of answers) if (status === 503) expect(headers.get('retry-after')).not.toBeNull();
    expect(problemOf(await login('someone', 'x'.repeat(129)))).toBe('400 bad_request');
    expect(problemOf(await login('someone', 'x'.repeat(1_000_000)))).toBe('413 payload_too_large');
  }, 60_000);

  it('R10 makes no second account of a name by case, look or spaces, and none with a password that everybody guesses', async () => {
    const { username } = await account();
    expect(problemOf(await register({ username: username.toUpperCase(), password: PASSWORD, displayName: 'A' }))).toBe(
      '409 username_taken',
    );
    for (const twin of [
      `${username} `,
      ` ${username}`,
      username.replace('r', 'г'),
      `${username}\u200b`,
      `${username}\u0301`,
    ]) {
      expect(problemOf(await register({ username: twin, password: PASSWORD, displayName: 'A' }))).toBe(
        '400 bad_request',
      );
    }
    for (const password of ['password', 'Password1', '12345678', 'qwertyuiop', 'short7!', '']) {
      expect(problemOf(await register({ username: fresh(), password, displayName: 'A' }))).toBe('400 bad_request');
    }
  });
});

describe('asking again and again', () => {
  it('ends for guests and for refreshes by address, and for every request by user', async () => {
    const { rest, token } = await account();
    const { id: room } = await rest.room(token);
    const [guests, refreshes] = [stage.rest(), stage.rest()];
    for (let n = 0; n < 5; n += 1) {
      expect((await guests.ask('POST', '/v1/auth/guest', { json: { displayName: 'G', room } })).status).toBe(201);
      expect((await refreshes.ask('POST', '/v1/auth/refresh', { json: { refreshToken: 'x' } })).status).toBe(401);
    }
    waits(await guests.ask('POST', '/v1/auth/guest', { json: { displayName: 'G', room } }));
    waits(await refreshes.ask('POST', '/v1/auth/refresh', { json: { refreshToken: 'x' } }));
    expect((await stage.rest().ask('POST', '/v1/auth/guest', { json: { displayName: 'G', room } })).status).toBe(201);
    const answers = await Promise.all(
      Array.from({ length: 130 }, () => stage.rest().ask('GET', '/v1/users/me', { token })),
    );
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    waits(limited[0] as Answer);
  });

  it('ends for accounts by address', async () => {
    const rest = stage.rest();
    const answers = [];
    for (let n = 0; n < 230; n += 10) {
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, () => register({ username: fresh(), password: PASSWORD, displayName: 'A' }, rest)),
        )),
      );
    }
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThan(215);
    waits(answers.at(-1) as Answer);
  }, 60_000);
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

  it('R12 that is compressed is not unpacked', async () => {
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
  it('R14 of every route has the headers that protect, and none that tells what answers', async () => {
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

  it('R15 to a cookie alone is that there is no token', async () => {
    const { token } = await account();
    const headers = {
      cookie: `token=${token}; accessToken=${token}; session=${token}`,
      origin: 'https://evil.example',
    };
    const answer = await stage.rest().ask('POST', '/v1/rooms', { headers, json: { name: 'CSRF' } });
    expect(problemOf(answer)).toBe('401 unauthenticated');
  });

  it('R16 of health says no more than it must', async () => {
    expect((await stage.rest().ask('GET', '/health/live')).body).toEqual({ status: 'ok' });
    const { body } = await stage.rest().ask('GET', '/health/ready');
    expect(Object.keys(body).sort()).toEqual(['bus', 'draining', 'presence', 'status']);
  });

  it('R17 to what goes wrong has an id that the log has too, and no stack', async () => {
    const answer = await stage.rest().ask('GET', '/v1/rooms/x', { token: 'a.b.c' });
    expect(problemOf(answer)).toBe('401 token_invalid');
    await until(() => stage.securityLines().some((line) => line.requestId === answer.body.requestId));
  });

  it('R20 of an account or a room that is gone is that it is not there', async () => {
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

  it('R12 to a body that never ends is 408 or 413, and to one that is shorter than said too', async () => {
    const head = 'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    const answer = await exchange(stage.node.url, `${head}Content-Length: 50\r\n\r\n{`, 25_000);
    expect(answer.status).toBe(408);
  }, 40_000);
});
