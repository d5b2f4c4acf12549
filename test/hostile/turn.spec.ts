import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UserId } from '@parley/protocol';
import { IceServers } from '../../src/ice/ice-servers.js';
import { Coturn } from '../support/coturn.js';
import { type TurnAnswer, TurnClient, type TurnCredentials } from '../support/turn-client.js';
import { until } from '../support/until.js';
import { external, hostileStage, seconds } from './stage.js';

const DONE = 0;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const QUOTA_REACHED = 486;

const SECRET = 'the secret that signs now';
const PREVIOUS = 'the secret that signed before';

let users = 0;
/** Makes a new user: coturn frees a user's allocations only a while after their end. */
const newUser = (): string => {
  users += 1;
  return `u_${users}`;
};

/** Issues credentials like Parley, optionally by another clock. */
const credentials = (secret: string, user = newUser(), laterSeconds = 0): TurnCredentials => {
  const config = { stunUrls: [], turnUrls: ['turn:turn.example.org'], turnSecret: secret, credentialSeconds: 60 };
  const [server] = new IceServers(config, () => Date.now() + laterSeconds * 1000).for(user as UserId);
  return { username: server?.username as string, credential: server?.credential as string };
};

describe('credentials of the node', () => {
  const stage = hostileStage({
    TURN_URLS: 'turn:turn.example.org:3478',
    TURN_SECRET: SECRET,
    TURN_CREDENTIAL_SECONDS: '900',
    USER_REQUEST_BURST: '100000',
  });
  const ask = (token?: string, query = '') =>
    stage.rest().ask('GET', `/v1/ice-servers${query}`, token === undefined ? {} : { token });

  it('T01 are for the user of the token, and for no other user or room', async () => {
    const { token, user } = await stage.enter();
    const victim = await stage.enter('Victim');
    for (const bad of [undefined, 'rubbish', external('x', { iat: seconds() - 900, exp: seconds() - 600 })]) {
      expect((await ask(bad)).status).toBe(401);
    }
    for (const query of ['', `?user=${victim.user}`, '?room=elsewhere']) {
      const { body } = await ask(token, query);
      const [server] = body.iceServers;
      expect(server.username.split(':')[1]).toBe(user);
      expect(JSON.stringify(body)).not.toContain(victim.user);
    }
  });

  it('T01 are for a guest while its room allows it, over REST and over the socket', async () => {
    const { rest, token } = await stage.enter('Owner');
    const { id: room } = await rest.room(token);
    const guest = await rest.call('POST', '/v1/auth/guest', { displayName: 'G', room });
    const hello = async () => {
      const peer = await stage.socket();
      return { peer, welcome: await peer.hello(guest.accessToken) };
    };
    const given = [expect.objectContaining({ username: expect.stringMatching(new RegExp(`^\\d+:${guest.user.id}$`)) })];
    expect((await hello()).welcome['iceServers']).toEqual(given);
    expect((await ask(guest.accessToken)).body.iceServers).toEqual(given);

    await rest.patchRoom(room, { guestsAllowed: false }, token);
    expect((await ask(guest.accessToken)).status).toBe(403);
    const { peer, welcome } = await hello();
    expect(welcome['iceServers']).toEqual([]);
    expect(await peer.request({ type: 'join', room })).toMatchObject({ type: 'error', code: 'room_not_found' });

    await rest.patchRoom(room, { guestsAllowed: true }, token);
    expect((await peer.request({ type: 'join', room })).type).toBe('joined');
    expect((await peer.next('ice_servers'))['iceServers']).toEqual(given);
  });

  it('T03 expire within an hour, are signed by the convention, and are rate-limited', async () => {
    const { token, user } = await stage.enter();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => ask(token)));
    const given = answers.filter(({ status }) => status === 200);
    expect(given.length).toBeGreaterThan(0);
    expect(given.length).toBeLessThan(100);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const { username, credential } = given.map(({ body }) => body.iceServers[0])[0];
    expect(username).toMatch(new RegExp(`^\\d+:${user}$`));
    const left = Number.parseInt(username, 10) - seconds();
    expect([left > 0, left <= 3_600]).toEqual([true, true]);
    expect(credential).toBe(createHmac('sha1', SECRET).update(username).digest('base64'));
  });

  it('T07 reveal the secret neither in an answer nor in the log', async () => {
    const { token } = await stage.enter();
    const answers = await Promise.all([ask(token), stage.rest().ask('GET', '/metrics'), ask()]);
    for (const { text } of answers) expect(text).not.toContain(SECRET);
    expect(stage.node.output()).not.toContain(SECRET);
  });
});

it('T06 coturn has no TCP relay, no command line, no old TLS, and no STUN without credentials', () => {
  const lines = readFileSync(join(import.meta.dirname, '../../docker/turnserver.conf'), 'utf8').split('\n');
  for (const name of ['no-tcp-relay', 'no-cli', 'no-tlsv1', 'no-tlsv1_1', 'secure-stun', 'stale-nonce=600'])
    expect(lines).toContain(name);
  for (const name of ['user-quota', 'total-quota', 'max-bps', 'bps-capacity'])
    expect(lines.filter((line) => line.startsWith(`${name}=`))).toHaveLength(1);
});

describe('coturn as Parley ships it', () => {
  let coturn: Coturn;
  const clients: TurnClient[] = [];

  beforeAll(async () => {
    coturn = await Coturn.start({ secrets: [SECRET, PREVIOUS] });
  });
  // Closed only now: otherwise another client could get the port of a client that still has an allocation.
  afterAll(async () => {
    for (const client of clients) client.close();
    await coturn.stop();
  });

  const client = async (by: TurnCredentials): Promise<TurnClient> => {
    const opened = await TurnClient.open(coturn.port, by);
    clients.push(opened);
    return opened;
  };
  const allocate = async (by: TurnCredentials): Promise<TurnAnswer> => (await client(by)).allocate();

  it('T03 accepts Parley’s credentials, and those of the previous secret', async () => {
    expect(await allocate(credentials(SECRET))).toBe(DONE);
    expect(await allocate(credentials(PREVIOUS))).toBe(DONE);
  });

  it.each(['auth0|1', 'ada lovelace', "o'hara", 'Ада', 'x'.repeat(128), '🚢'.repeat(64)])(
    'T03 accepts the credentials of the user %j',
    async (user) => {
      expect(await allocate(credentials(SECRET, user))).toBe(DONE);
    },
  );

  it('T01 refuses a wrong secret, a forged username, and missing credentials', async () => {
    const { username, credential } = credentials(SECRET);
    expect(await allocate(credentials('a secret that coturn has not'))).toBe(UNAUTHORIZED);
    expect(await allocate({ username: username.replace(':u_', ':u_0'), credential })).toBe(UNAUTHORIZED);
    expect(await allocate({ username: `9${username}`, credential })).toBe(UNAUTHORIZED);
    expect(await allocate({ username: '', credential: '' })).toBe(UNAUTHORIZED);
  });

  it('T03 accepts a new secret while it runs, so that a rotation ends no call', async () => {
    const next = 'the secret that will sign next';
    const by = credentials(next);
    expect(await allocate(by)).toBe(UNAUTHORIZED);
    coturn.learn(next);
    expect(await allocate(by)).toBe(DONE);
    expect(await allocate(credentials(SECRET))).toBe(DONE);
  });

  it('T03 keeps an allocation beyond the expiry of its credentials, so that no call ends', async () => {
    const lasting = credentials(SECRET, newUser(), -58);
    const relay = await client(lasting);
    expect(await relay.allocate()).toBe(DONE);
    await until(() => Date.now() / 1000 > Number.parseInt(lasting.username, 10) + 1);
    // coturn's clock has whole seconds, and is read when it has time. Each try that succeeds counts in the quota.
    await until(async () => {
      if ((await allocate(lasting)) === UNAUTHORIZED) return true;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return false;
    }, 8_000);
    expect(await relay.refresh()).toBe(DONE);
    expect(await relay.permit('8.8.8.8')).toBe(DONE);
  });

  it('T03 refuses expired credentials', async () => {
    expect(await allocate(credentials(SECRET, newUser(), -61))).toBe(UNAUTHORIZED);
  });

  it('T05 bounds the allocations of one user over all sessions and credentials, and not those of another', async () => {
    const answers: TurnAnswer[] = [];
    // Each with its own credentials, like other sessions of the user.
    for (let n = 0; n < 25; n += 1) answers.push(await allocate(credentials(SECRET, 'u_greedy', n)));
    expect(answers).toEqual([...new Array(24).fill(DONE), QUOTA_REACHED]);
    expect(await allocate(credentials(SECRET, 'u_modest'))).toBe(DONE);
  });

  it.each([
    '0.0.0.0',
    '0.0.0.1',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
  ])('T04 does not relay to %s', async (address) => {
    const relay = await client(credentials(SECRET));
    expect(await relay.allocate()).toBe(DONE);
    expect(await relay.permit(address)).toBe(FORBIDDEN);
    expect(await relay.permit('8.8.8.8')).toBe(DONE);
  });

  it.each([
    '::',
    '::1',
    '::127.0.0.1',
    '::10.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'febf::1',
    'ff02::1',
  ])('T04 does not relay to %s', async (address) => {
    const relay = await client(credentials(SECRET));
    expect(await relay.allocate(6)).toBe(DONE);
    expect(await relay.permit(address)).toBe(FORBIDDEN);
    expect(await relay.permit('2a00:1450::1')).toBe(DONE);
  });
});
