import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UserId } from '@parley/protocol';
import { IceServers } from '../../src/ice/ice-servers.js';
import { Coturn } from '../support/coturn.js';
import { type TurnAnswer, TurnClient, type TurnCredentials } from '../support/turn-client.js';
import { until } from '../support/until.js';

const DONE = 0;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const QUOTA_REACHED = 486;

const SECRET = 'the secret that signs now';
const PREVIOUS = 'the secret that signed before';

let users = 0;
/** Somebody new: coturn lets go of a user's allocations only a while after they ended. */
const newUser = (): string => {
  users += 1;
  return `u_${users}`;
};

/** What Parley hands out, by a clock that may be another. */
const credentials = (secret: string, user = newUser(), laterSeconds = 0): TurnCredentials => {
  const config = { stunUrls: [], turnUrls: ['turn:turn.example.org'], turnSecret: secret, credentialSeconds: 60 };
  const [server] = new IceServers(config, () => Date.now() + laterSeconds * 1000).for(user as UserId, 's_1');
  return { username: server?.username as string, credential: server?.credential as string };
};

describe('coturn as Parley ships it', () => {
  let coturn: Coturn;
  const clients: TurnClient[] = [];

  beforeAll(async () => {
    coturn = await Coturn.start({ secrets: [SECRET, PREVIOUS] });
  });
  // Not sooner: another client would get the port of one whose allocation coturn still has.
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

  it('takes the credentials that Parley hands out, and those of the secret before', async () => {
    expect(await allocate(credentials(SECRET))).toBe(DONE);
    expect(await allocate(credentials(PREVIOUS))).toBe(DONE);
  });

  it.each(['auth0|1', 'ada lovelace', "o'hara", 'Ада', 'x'.repeat(128), '🚢'.repeat(64)])(
    'takes the credentials of the user %j',
    async (user) => {
      expect(await allocate(credentials(SECRET, user))).toBe(DONE);
    },
  );

  it('refuses a wrong secret, a username that was not signed, and nobody', async () => {
    const { username, credential } = credentials(SECRET);
    expect(await allocate(credentials('a secret that coturn has not'))).toBe(UNAUTHORIZED);
    expect(await allocate({ username: username.replace(':u_', ':u_0'), credential })).toBe(UNAUTHORIZED);
    expect(await allocate({ username: `9${username}`, credential })).toBe(UNAUTHORIZED);
    expect(await allocate({ username: '', credential: '' })).toBe(UNAUTHORIZED);
  });

  it('learns a secret while it runs, so that the change costs no call', async () => {
    const next = 'the secret that will sign next';
    const by = credentials(next);
    expect(await allocate(by)).toBe(UNAUTHORIZED);
    coturn.learn(next);
    expect(await allocate(by)).toBe(DONE);
    expect(await allocate(credentials(SECRET))).toBe(DONE);
  });

  it('lets a living allocation go on beyond the end of its credentials: no call breaks when they do', async () => {
    const lasting = credentials(SECRET, newUser(), -58);
    const relay = await client(lasting);
    expect(await relay.allocate()).toBe(DONE);
    await until(() => Date.now() / 1000 > Number.parseInt(lasting.username, 10) + 1);
    expect(await allocate(lasting)).toBe(UNAUTHORIZED);
    expect(await relay.refresh()).toBe(DONE);
    expect(await relay.permit('8.8.8.8')).toBe(DONE);
  });

  it('refuses credentials that have ended', async () => {
    expect(await allocate(credentials(SECRET, newUser(), -61))).toBe(UNAUTHORIZED);
  });

  it('bounds the allocations of one session, and not those of another', async () => {
    const by = credentials(SECRET, 'u_greedy');
    const answers: TurnAnswer[] = [];
    for (let n = 0; n < 13; n += 1) answers.push(await allocate(by));
    expect(answers).toEqual([...new Array(12).fill(DONE), QUOTA_REACHED]);
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
  ])('does not relay to %s', async (address) => {
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
  ])('does not relay to %s', async (address) => {
    const relay = await client(credentials(SECRET));
    expect(await relay.allocate(6)).toBe(DONE);
    expect(await relay.permit(address)).toBe(FORBIDDEN);
    expect(await relay.permit('2a00:1450::1')).toBe(DONE);
  });
});
