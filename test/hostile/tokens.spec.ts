import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { problemOf } from './rest-of.js';
import { codeOf, external, hostileStage, seconds, sign } from './stage.js';

const stage = hostileStage();

const HS256 = { alg: 'HS256', typ: 'JWT' };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const good = () => ({ sub: 'mallory', iss: 'parley', aud: 'parley', iat: seconds(), exp: seconds() + 600 });
type Claims = Record<string, unknown>;
const claims = (more: Claims) => sign(HS256, { ...good(), ...more });
const without = (name: string) => sign(HS256, { ...good(), [name]: undefined });

/** The answers of REST and of the gateway to a token. */
const judge = async (token: string): Promise<string[]> => {
  const rest = await stage.rest().ask('GET', '/v1/users/me', { token });
  const socket = await stage.socket();
  const reply = await socket.hello(token);
  if (reply.type === 'welcome') return [`${rest.status}`, 'welcome'];
  return [problemOf(rest), `${codeOf(reply)} ${await socket.closed()}`];
};

const ACCEPTED = ['200', 'welcome'];
const REFUSED = ['401 token_invalid', 'error token_invalid 4501'];
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
const der = createPublicKey(pem).export({ type: 'spki', format: 'der' }) as Buffer;
const jwk = publicKey.export({ format: 'jwk' });

describe('a token', () => {
  it('that is valid is accepted, so that the refusals mean something', async () => {
    expect(await judge(external('ada'))).toEqual(ACCEPTED);
    expect(await judge(claims({ aud: ['other', 'parley'] }))).toEqual(ACCEPTED);
    for (const typ of [undefined, 'at+jwt', 'application/AT+JWT']) {
      expect(await judge(sign({ alg: 'HS256', typ }, good()))).toEqual(ACCEPTED);
    }
  });

  it.each<[string, () => string]>([
    ['J01 alg none', () => `${encode({ alg: 'none' })}.${encode(good())}.`],
    ['J01 alg None', () => `${encode({ alg: 'None' })}.${encode(good())}.`],
    ['J01 alg nOnE with a signature', () => sign({ alg: 'nOnE' }, good())],
    ['J01 an empty signature', () => `${encode(HS256)}.${encode(good())}.`],
    ['J02 HS256 under a public key as PEM', () => sign(HS256, good(), pem)],
    ['J02 HS256 under a public key as PEM without its last line feed', () => sign(HS256, good(), pem.trim())],
    ['J02 HS256 under a public key as DER', () => sign(HS256, good(), der)],
    ['J02 HS256 under nothing', () => sign(HS256, good(), '')],
    ['J03 RS256', () => sign({ alg: 'RS256' }, good())],
    ['J03 HS512 with the right secret', () => sign({ alg: 'HS512' }, good(), undefined, 'sha512')],
    [
      'J03 ES256 with a signature of zeros',
      () => `${encode({ alg: 'ES256' })}.${encode(good())}.${Buffer.alloc(64).toString('base64url')}`,
    ],
    ['J03 ES256 with a signature of a wrong length', () => `${encode({ alg: 'ES256' })}.${encode(good())}.AAAA`],
    ['J06 an extension that is critical', () => sign({ ...HS256, crit: ['x'], x: 1 }, good())],
    ['J06 an unencoded payload', () => sign({ ...HS256, b64: false, crit: ['b64'] }, good())],
    ['J05 the type of a refresh token', () => sign({ alg: 'HS256', typ: 'refresh+jwt' }, good())],
    [
      'J05 the type of an e-mail verification',
      () => sign({ alg: 'HS256', typ: 'application/email-verify+jwt' }, good()),
    ],
    ['J05 the type of a security event', () => sign({ alg: 'HS256', typ: 'secevent+jwt' }, good())],
    ['J05 a type that is no text', () => sign({ alg: 'HS256', typ: ['JWT'] }, good())],
    ['J07 no end', () => without('exp')],
    ['J07 an end that is a text', () => claims({ exp: String(seconds() + 60) })],
    ['J07 an end of 1e99', () => claims({ exp: 1e99 })],
    ['J08 a beginning in the future', () => claims({ nbf: seconds() + 120 })],
    ['J08 an issue in the future', () => claims({ iat: seconds() + 120 })],
    ['J08 no issue', () => without('iat')],
    ['J09 another audience', () => claims({ aud: 'other' })],
    ['J09 no audience', () => without('aud')],
    ['J10 another issuer', () => claims({ iss: 'other' })],
    ['J10 no issuer', () => without('iss')],
    ['J11 two subjects', () => sign(HS256, `{"sub":"ada",${JSON.stringify(good()).slice(1)}`)],
    [
      'J11 two roles for a room',
      () => {
        const text = JSON.stringify({ ...good(), rooms: { a: 'guest' } });
        return sign(HS256, text.replace('"a":"guest"', '"a":"guest","\\u0061":"owner"'));
      },
    ],
    ['J12 no subject', () => without('sub')],
    ['J12 an empty subject', () => claims({ sub: '' })],
    ['J12 a number for a subject', () => claims({ sub: 7 })],
    ['J12 an object for a subject', () => claims({ sub: { toString: 'x' } })],
    ['J12 a subject of 2 kB', () => claims({ sub: 'x'.repeat(2_000) })],
    ['J12 a subject with NUL', () => claims({ sub: 'a\u0000b' })],
    ['J12 a subject that turns text around', () => claims({ sub: 'a\u202eb' })],
    ['J12 a subject that no body could name', () => claims({ sub: '\ufeffeve' })],
    ['J15 four parts', () => `${external('a')}.x`],
    ['J15 the five parts of a JWE', () => 'a.b.c.d.e'],
    ['J15 what is no base64', () => '!!!.???.***'],
    ['J15 three letters', () => 'a.b.c'],
    ['J19 a role of its own', () => claims({ rooms: { a: 'god' } })],
    ['J19 the kind of an account that is not there', () => claims({ kind: 'account' })],
  ])('with %s is refused on both faces', async (_, make) => {
    expect(await judge(make())).toEqual(REFUSED);
  });

  it('J04 never makes the server fetch a key from elsewhere', async () => {
    let asked = 0;
    const attacker = createServer((_, response) => {
      asked += 1;
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/keys`;
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    for (const header of [
      { jwk },
      { jku: url },
      { x5u: url },
      { x5c: [der.toString('base64')] },
      { kid: '../../dev/null' },
    ]) {
      expect(await judge(sign({ ...HS256, ...header }, good(), secret))).toEqual(REFUSED);
    }
    expect(asked).toBe(0);
    attacker.close();
  });

  it('J07 that has expired is refused as `token_expired`, with a leeway of 30 seconds', async () => {
    expect(await judge(claims({ exp: seconds() - 20 }))).toEqual(ACCEPTED);
    for (const exp of [seconds() - 40, -1, 0]) {
      expect(await judge(claims({ exp }))).toEqual(['401 token_expired', 'error token_expired 4001']);
    }
  });

  it('J15 of a megabyte, or with a header of 100 kB, is refused unparsed', async () => {
    const rest = stage.rest();
    for (const token of ['x'.repeat(7_000), sign({ ...HS256, more: 'x'.repeat(4_100) }, good())]) {
      expect(problemOf(await rest.ask('GET', '/v1/users/me', { token }))).toBe('401 token_invalid');
      const socket = await stage.socket();
      expect(['bad_message', 'payload_too_large']).toContain((await socket.hello(token))['code']);
      expect(await socket.closed()).toBe(4500);
    }
    expect((await rest.ask('GET', '/v1/users/me', { token: 'x'.repeat(100_000) })).status).toBe(431);
    const socket = await stage.socket();
    socket.sendText(JSON.stringify({ type: 'hello', id: '1', token: 'x'.repeat(1_000_000) }));
    expect(await socket.closed()).toBe(1009);
  });

  it('J19 for one room is invalid in another, and has the signed role', async () => {
    const owner = await stage.enter();
    const [a, b] = [await owner.rest.room(owner.token), await owner.rest.room(owner.token)];
    const socket = await stage.socket();
    await socket.hello(external('guest-of-a', { rooms: { [a.id]: 'guest' }, role: 'owner', isAdmin: true }));
    const joined = await socket.request({ type: 'join', room: a.id });
    expect(joined['participants'].map((one: any) => one.role)).toEqual(['guest']);
    expect(codeOf(await socket.request({ type: 'join', room: b.id }))).toBe('error forbidden');
  });

  it('J14 that expires on an open socket causes a warning, then 4001, unless it is refreshed', async () => {
    const [stays, goes] = [await stage.socket(), await stage.socket()];
    const ending = () => claims({ sub: 'j14', exp: seconds() - 27 });
    expect((await stays.hello(ending())).type).toBe('welcome');
    expect((await goes.hello(ending())).type).toBe('welcome');
    await stays.next('token_expiring');
    await goes.next('token_expiring');
    expect((await stays.request({ type: 'refresh', token: claims({ sub: 'j14' }) })).type).toBe('refreshed');
    expect(await goes.closed()).toBe(4001);
    await stays.barrier();
  });

  it('J14 that is refreshed for another user ends the socket with 4503', async () => {
    const { peer } = await stage.enter();
    expect(codeOf(await peer.request({ type: 'refresh', token: external('another') }))).toBe('error forbidden');
    expect(await peer.closed()).toBe(4503);
  });
});

describe('an account with stolen tokens', () => {
  const PASSWORD = 'hunter2-hostile-password';
  const enter = async () => {
    const rest = stage.rest();
    const username = `j${randomBytes(6).toString('hex')}`;
    const { accessToken: token } = await rest.call('POST', '/v1/auth/register', {
      username,
      password: PASSWORD,
      displayName: 'J',
    });
    const peer = await stage.socket();
    await peer.hello(token);
    return { rest, token, peer, username };
  };

  it.each<[string, (who: Awaited<ReturnType<typeof enter>>) => Promise<number>]>([
    [
      'changed its password',
      async ({ rest, token }) =>
        (
          await rest.ask('PATCH', '/v1/users/me', {
            token,
            json: { password: `${PASSWORD}2`, currentPassword: PASSWORD },
          })
        ).status,
    ],
    [
      'is gone',
      async ({ rest, token }) =>
        (await rest.ask('DELETE', '/v1/users/me', { token, json: { password: PASSWORD } })).status,
    ],
  ])('J13 and that %s loses its sockets and its tokens', async (_, act) => {
    const who = await enter();
    expect([200, 204]).toContain(await act(who));
    expect(await who.peer.closed()).toBe(4510);
    expect(await judge(who.token)).toEqual(REFUSED);
  });

  it('J18 loses the token family when a refresh token is reused after its successor', async () => {
    const { rest, refreshToken } = await stage.enter();
    const refresh = (token: string) => rest.ask('POST', '/v1/auth/refresh', { json: { refreshToken: token } });
    const first = await refresh(refreshToken);
    const next = await refresh(first.body.refreshToken);
    expect([first.status, next.status]).toEqual([200, 200]);
    expect(problemOf(await refresh(refreshToken))).toBe('401 refresh_invalid');
    expect(problemOf(await refresh(next.body.refreshToken))).toBe('401 refresh_invalid');
  });
});

describe('a security monitor', () => {
  it('finds a line for each refused token, with the address and no token', async () => {
    const address = stage.newAddress();
    await stage.rest(address).ask('GET', '/v1/users/me', { token: 'a.b.c' });
    const socket = await stage.socket({ address });
    await socket.hello('a.b.c');
    await socket.closed();
    const lines = await until(() => {
      const found = stage.securityLines().filter((line) => line.address === address);
      return found.length === 2 && found;
    });
    expect(lines[0]).toMatchObject({
      reason: 'token_invalid',
      route: 'GET /v1/users/me',
      requestId: expect.any(String),
    });
    expect(lines[1]).toMatchObject({ reason: 'socket', closeCode: 4501 });
  });
});
