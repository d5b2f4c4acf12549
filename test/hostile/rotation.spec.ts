import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type RunningNode, startNode } from '../support/start-node.js';
import { until } from '../support/until.js';
import { restOf } from './rest-of.js';
import { seconds } from './stage.js';

let issuer: Server;
let node: RunningNode;
let published: JWK[] = [];

const makeKey = async (kid: string) => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const token = () =>
    new SignJWT({ sub: 'rotated', iss: 'https://issuer.example', aud: 'calls', iat: seconds(), exp: seconds() + 600 })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);
  return { jwk, token };
};

beforeAll(async () => {
  issuer = createServer((_, response) => response.end(JSON.stringify({ keys: published })));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  node = await startNode({
    JWT_JWKS_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`,
    JWT_ISSUER: 'https://issuer.example',
    JWT_AUDIENCE: 'calls',
  });
}, 90_000);
afterAll(async () => {
  await node?.stop();
  issuer.close();
});

it('J17 a signing key is valid as long as its issuer publishes it', async () => {
  const [first, second, third] = [await makeKey('first'), await makeKey('second'), await makeKey('third')];
  const ask = async (token: string) =>
    (await restOf(node.url, '192.0.2.3').ask('GET', '/v1/users/me', { token })).status;
  published = [first.jwk];
  expect(await ask(await first.token())).toBe(200);
  published = [first.jwk, second.jwk];
  expect(await ask(await second.token())).toBe(200);
  expect(await ask(await first.token())).toBe(200);
  published = [second.jwk, third.jwk];
  // An unknown key id makes the node read the keys again, at most every 30 seconds.
  await until(async () => (await ask(await third.token())) === 200, 45_000);
  expect([await ask(await first.token()), await ask(await second.token())]).toEqual([401, 200]);
}, 90_000);
