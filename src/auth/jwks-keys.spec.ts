import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { JwksKeys, remoteKeys } from './jwks-keys.js';

let issuer: Server;
let published: JWK[] = [];
let requests = 0;
let status = 200;
let now = 0;
let keys: JwksKeys;

const publicKey = async (kid: string): Promise<JWK> => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
};
const find = async (kid: string): Promise<string> => {
  try {
    await keys.find({ alg: 'ES256', kid }, { payload: '', signature: '' });
    return 'found';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};
const UNKNOWN = 'ERR_JWKS_NO_MATCHING_KEY';

beforeAll(async () => {
  issuer = createServer((_, response) => {
    requests += 1;
    response.statusCode = status;
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void issuer.close());

beforeEach(async () => {
  [requests, status, now] = [0, 200, 0];
  published = [await publicKey('first')];
  keys = new JwksKeys(remoteKeys(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`), () => now);
});

it('requests the keys once for many known tokens, and again after ten minutes', async () => {
  expect(await Promise.all([find('first'), find('first'), find('first')])).toEqual(['found', 'found', 'found']);
  now += 599_999;
  expect([await find('first'), requests]).toEqual(['found', 1]);
  now += 1;
  published = [];
  expect([await find('first'), requests]).toEqual([UNKNOWN, 3]);
});

it('requests the keys at most once per 30 s for unknown key ids', async () => {
  await find('first');
  for (let n = 0; n < 20; n += 1) expect(await find(`forged-${n}`)).toBe(UNKNOWN);
  expect(requests).toBe(2);
  now += 29_999;
  published.push(await publicKey('second'));
  expect([await find('second'), requests]).toEqual([UNKNOWN, 2]);
  now += 1;
  expect(await Promise.all([find('second'), find('second'), find('forged')])).toEqual(['found', 'found', UNKNOWN]);
  expect(requests).toBe(3);
});

it('keeps its keys while the issuer is unavailable, and does not request them for each token then either', async () => {
  await find('first');
  status = 500;
  now += 600_000;
  for (let n = 0; n < 5; n += 1) expect([await find('first'), await find(`forged-${n}`)]).toEqual(['found', UNKNOWN]);
  expect(requests).toBe(3);
  now += 30_000;
  expect([await find('first'), requests]).toEqual(['found', 4]);
});

it('reports an outage while it has no keys', async () => {
  status = 500;
  expect(await find('first')).toBe('ERR_JOSE_GENERIC');
  status = 200;
  expect(await find('first')).toBe('found');
});
