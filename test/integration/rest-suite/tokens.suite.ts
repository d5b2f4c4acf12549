import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { problem, type World } from './world.js';

export const SECRET = 'a shared secret of 48 characters, as the test knows';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs tokens by hand that no library would sign. */
export const handMade = (header: object, claims: object, key: string | Buffer = SECRET): string => {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
};

export const tokensSuite = (world: World): void => {
  const now = () => Math.floor(Date.now() / 1000);
  const good = () => ({ sub: 'out', iss: 'parley', aud: 'parley', iat: now(), exp: now() + 60 });
  const HS256 = { alg: 'HS256', typ: 'JWT' };
  const ask = (token: string) => world.as({ accessToken: token }).get('/v1/users/me');

  describe('access tokens', () => {
    it('of an issuer that shares the secret are accepted', async () => {
      expect((await ask(handMade(HS256, { ...good(), name: 'Zoe\u0301' })).expect(200)).body).toEqual({
        id: 'out',
        displayName: 'Zo\u00e9',
        kind: 'external',
      });
      await ask(handMade(HS256, { ...good(), aud: ['other', 'parley'] })).expect(200);
      await ask(handMade(HS256, { ...good(), nbf: now() + 20 })).expect(200);
      await ask(handMade(HS256, { ...good(), exp: now() - 20 })).expect(200);
    });

    it.each<[string, (claims: ReturnType<typeof good>) => string]>([
      ['alg none', (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`],
      ['alg nOnE with a signature', (claims) => handMade({ alg: 'nOnE' }, claims)],
      ['another algorithm of the family', (claims) => handMade({ alg: 'HS512' }, claims)],
      ['a public-key algorithm', (claims) => handMade({ alg: 'RS256' }, claims)],
      ['another secret', (claims) => handMade(HS256, claims, 'another secret')],
      [
        'a key of its own in the header',
        (claims) => handMade({ ...HS256, jwk: { kty: 'oct', k: 'AAAA' } }, claims, 'x'),
      ],
      ['a critical extension', (claims) => handMade({ ...HS256, crit: ['x'], x: 1 }, claims)],
      ['an unencoded payload', (claims) => handMade({ ...HS256, b64: false }, claims)],
      ['another issuer', (claims) => handMade(HS256, { ...claims, iss: 'other' })],
      ['no issuer', ({ iss: _, ...claims }) => handMade(HS256, claims)],
      ['another audience', (claims) => handMade(HS256, { ...claims, aud: 'other' })],
      ['no audience', ({ aud: _, ...claims }) => handMade(HS256, claims)],
      ['no end', ({ exp: _, ...claims }) => handMade(HS256, claims)],
      ['an end that is a text', (claims) => handMade(HS256, { ...claims, exp: String(claims.exp) })],
      ['an end that is no integer', (claims) => handMade(HS256, { ...claims, exp: claims.exp + 0.5 })],
      ['an end beyond all time', (claims) => handMade(HS256, { ...claims, exp: 1e99 })],
      ['a beginning in the future', (claims) => handMade(HS256, { ...claims, nbf: now() + 60 })],
      ['an issue in the future', (claims) => handMade(HS256, { ...claims, iat: now() + 60 })],
      ['no issue', ({ iat: _, ...claims }) => handMade(HS256, claims)],
      ['no subject', ({ sub: _, ...claims }) => handMade(HS256, claims)],
      ['an empty subject', (claims) => handMade(HS256, { ...claims, sub: '' })],
      ['a number for a subject', (claims) => handMade(HS256, { ...claims, sub: 7 })],
      ['a subject of 129 characters', (claims) => handMade(HS256, { ...claims, sub: 'x'.repeat(129) })],
      ['a subject with NUL', (claims) => handMade(HS256, { ...claims, sub: 'a\u0000' })],
      ['a subject that turns text around', (claims) => handMade(HS256, { ...claims, sub: 'a\u202eb' })],
      ['a kind of its own', (claims) => handMade(HS256, { ...claims, kind: 'admin' })],
      ['the account of nobody', (claims) => handMade(HS256, { ...claims, kind: 'account' })],
      ['a role of its own', (claims) => handMade(HS256, { ...claims, rooms: { a: 'god' } })],
      ['grants that are a list', (claims) => handMade(HS256, { ...claims, rooms: ['a'] })],
      ['a grant with a star inside', (claims) => handMade(HS256, { ...claims, rooms: { 'a*b': 'member' } })],
      [
        '101 grants',
        (claims) =>
          handMade(HS256, {
            ...claims,
            rooms: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`r${n}`, 'member'])),
          }),
      ],
      ['another purpose', (claims) => handMade(HS256, { ...claims, typ: 'refresh' })],
      ['4097 bytes', (claims) => handMade(HS256, { ...claims, more: 'x'.repeat(4_096) })],
      ['four parts', (claims) => `${handMade(HS256, claims)}.x`],
      ['no JSON', () => 'a.b.c'],
    ])('with %s are refused', async (_, make) => {
      expect(problem(await ask(make(good())))).toEqual({ status: 401, code: 'token_invalid' });
    });

    it('signed with a public key as an HMAC secret are refused', async () => {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      for (const format of ['pem', 'der'] as const) {
        const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({
          type: 'spki',
          format,
        } as never);
        expect(problem(await ask(handMade(HS256, good(), key as string | Buffer))).code).toBe('token_invalid');
      }
    });

    it('that have expired are refused as `token_expired`', async () => {
      expect(problem(await ask(handMade(HS256, { ...good(), exp: now() - 31 })))).toEqual({
        status: 401,
        code: 'token_expired',
      });
    });

    it('are accepted only in the Authorization header (RFC 6750)', async () => {
      const without = await world.http.get('/v1/users/me');
      expect(problem(without)).toEqual({ status: 401, code: 'unauthenticated' });
      expect(without.headers['www-authenticate']).toBe('Bearer');
      const token = handMade(HS256, good());
      for (const header of [`Basic ${token}`, token, `Bearer ${token} x`, 'Bearer']) {
        const answer = await world.http.get('/v1/users/me').set('authorization', header);
        expect(problem(answer).code).toBe('token_invalid');
      }
      expect(problem(await world.http.get(`/v1/users/me?access_token=${token}`)).code).toBe('unauthenticated');
    });
  });
};
