import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import { type RestApp, startRestApp } from '../support/rest-app.js';
import { handMade } from './rest-suite/tokens.suite.js';
import { PASSWORD, problem, World } from './rest-suite/world.js';

describe('an external issuer with a JWKS URL', () => {
  let postgres: RunningPostgres;
  let rest: RestApp;
  let issuer: Server;
  let requests = 0;
  let mode: 'up' | 'down' = 'up';
  const published: JWK[] = [];
  const world = new World(() => rest);

  const makeKey = async (kid: string, alg: string) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
  };
  type Key = Awaited<ReturnType<typeof makeKey>>;
  let key: Key;
  let rsa: Key;

  beforeAll(async () => {
    [key, rsa] = await Promise.all([makeKey('one', 'ES256'), makeKey('rsa', 'RS256')]);
    published.push(key.jwk, rsa.jwk);
    issuer = createServer((_, response) => {
      requests += 1;
      response.statusCode = mode === 'up' ? 200 : 500;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    postgres = await startPostgres();
    rest = await startRestApp({
      DATABASE_URL: await postgres.createDatabase(),
      JWT_JWKS_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`,
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'calls',
    });
  });

  afterAll(async () => {
    await rest?.close();
    await postgres?.stop();
    issuer?.close();
  });

  const now = () => Math.floor(Date.now() / 1000);
  const good = () => ({
    sub: 'ext|42',
    name: 'Ada',
    iss: 'https://issuer.example',
    aud: 'calls',
    iat: now(),
    exp: now() + 60,
  });
  const sign = (claims: object, by: { kid: string; alg: string; privateKey: CryptoKey } = key, header: object = {}) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: by.alg, kid: by.kid, ...header }).sign(by.privateKey);
  const ask = async (token: string | Promise<string>) => world.as({ accessToken: await token }).get('/v1/users/me');

  it('that is unavailable makes tokens `unavailable`, until its keys can be read', async () => {
    mode = 'down';
    expect(problem(await ask(sign(good())))).toEqual({ status: 503, code: 'unavailable' });
    mode = 'up';
    expect((await ask(sign(good()))).status).toBe(200);
  });

  it('identifies users, who can own rooms and have grants', async () => {
    const token = { accessToken: await sign(good()) };
    expect((await world.as(token).get('/v1/users/me')).body).toEqual({
      id: 'ext|42',
      displayName: 'Ada',
      kind: 'external',
    });
    const { body } = await world.as(token).post('/v1/rooms', { name: 'Weekly' }).expect(201);
    expect(body.owner).toBe('ext|42');
    const moderator = {
      accessToken: await sign({ ...good(), sub: 'ext|43', parley: { rooms: { [body.id]: 'moderator' } } }),
    };
    await world.as(moderator).patch(`/v1/rooms/${body.id}`, { name: 'Changed' }, '"v1"').expect(200);
  });

  it('may be Keycloak, whose other claims are ignored', async () => {
    const keycloak = {
      ...{ exp: now() + 300, iat: now(), jti: 'onrtac:6f0b8a4e-8f2c-4c5b-a0d0-6a1f3f3f8f55' },
      ...{ iss: 'https://issuer.example', aud: ['calls', 'account'], sub: '0a2f7a52-5d5c-4b8a-9a54-0a6c9a0d2b11' },
      ...{ typ: 'Bearer', azp: 'web', sid: 'c8f6d1a7-51a5-4d5e-8f0a-5d1d5b7f2c10', acr: '1' },
      'allowed-origins': ['https://app.example'],
      realm_access: { roles: ['offline_access', 'uma_authorization'] },
      resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
      ...{ scope: 'openid profile email', email_verified: true, name: 'Ada Lovelace', preferred_username: 'ada' },
      ...{ given_name: 'Ada', family_name: 'Lovelace', email: 'ada@example.com' },
      // Claims for other applications.
      ...{ kind: 'employee', rooms: ['4.01', '4.02'], groups: ['/staff'] },
    };
    const { body } = await ask(sign(keycloak, key, { typ: 'JWT' }));
    expect(body).toEqual({ id: keycloak.sub, displayName: 'Ada Lovelace', kind: 'external' });
    const named = await ask(sign({ ...keycloak, name: null }, key, { typ: 'at+jwt' }));
    expect(named.body).toMatchObject({ displayName: keycloak.sub });
  });

  it('in development, learns which claim does not match which setting', async () => {
    const { body } = await ask(sign({ ...good(), aud: ['account'] }));
    expect(body.detail).toBe("The token's aud claim does not match JWT_AUDIENCE.");
  });

  it('replaces Parley’s own accounts', async () => {
    const room = 'abc';
    const answers = [
      await world.http.post('/v1/auth/register').send({ username: 'ada', password: PASSWORD, displayName: 'Ada' }),
      await world.http.post('/v1/auth/login').send({ username: 'ada', password: PASSWORD }),
      await world.http.post('/v1/auth/refresh').send({ refreshToken: 'x' }),
      await world.http.post('/v1/auth/guest').send({ displayName: 'Ada', room }),
    ];
    expect(answers.map((answer) => problem(answer))).toEqual(Array(4).fill({ status: 403, code: 'accounts_disabled' }));
  });

  it('must match in algorithm, issuer, audience and token type', async () => {
    const outsider = await makeKey('one', 'ES256');
    const spki = await exportSPKI(key.publicKey);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good())).toString('base64url')}.`;
    const psychic = (await sign(good())).replace(/\.[^.]+$/, `.${Buffer.alloc(64).toString('base64url')}`);
    const tokens: Record<string, string | Promise<string>> = {
      'an algorithm that is not configured, with a key that is published': sign(good(), rsa),
      'a key of somebody else under a published name': sign(good(), outsider),
      'a key that it brings along': sign(good(), { ...outsider, kid: 'mine' }, { jwk: outsider.jwk }),
      'alg none': unsigned,
      'HS256 with the public key as PEM': handMade({ alg: 'HS256', kid: 'one' }, good(), spki),
      'HS256 with the public key as PEM without its last line': handMade(
        { alg: 'HS256', kid: 'one' },
        good(),
        spki.trim(),
      ),
      'a signature of zeros': psychic,
      'a critical extension': sign(good(), key, { crit: ['x'], x: 1 }).catch(() => 'a.b.c'),
      'another issuer': sign({ ...good(), iss: 'https://other.example' }),
      'another audience': sign({ ...good(), aud: 'mail' }),
      'no audience': sign({ ...good(), aud: undefined }),
      'no end': sign({ ...good(), exp: undefined }),
      'an end beyond all time': sign({ ...good(), exp: 1e99 }),
      'the kind of an account of Parley’s own': sign({ ...good(), parley: { kind: 'account' } }),
      'the type of a refresh token': sign(good(), key, { typ: 'refresh+jwt' }),
    };
    for (const [name, token] of Object.entries(tokens)) {
      expect([name, problem(await ask(token)).code]).toEqual([name, 'token_invalid']);
    }
    expect(problem(await ask(sign({ ...good(), exp: now() - 31 }))).code).toBe('token_expired');
  });

  it('is not requested for each token with an unknown key', async () => {
    const before = requests;
    const unknown = await makeKey('unknown', 'ES256');
    for (let n = 0; n < 20; n += 1) expect(problem(await ask(sign(good(), unknown))).code).toBe('token_invalid');
    expect(requests - before).toBeLessThanOrEqual(1);
  });

  it('may become unavailable: its latest keys stay valid', async () => {
    mode = 'down';
    expect((await ask(sign(good()))).status).toBe(200);
    mode = 'up';
  });
});
