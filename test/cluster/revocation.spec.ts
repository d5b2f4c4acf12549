import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';
import { until } from '../support/until.js';

const REVOKED = 4510;

/** Connects a user to each of three nodes, in one room. */
interface TestUser {
  readonly username: string;
  readonly password: string;
  readonly user: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly peers: readonly RawPeer[];
}

const ENDINGS: readonly [string, (rest: Rest, who: TestUser) => Promise<unknown>][] = [
  ['logging out everywhere', (rest, { token }) => rest.call('POST', '/v1/auth/logout-all', {}, token)],
  [
    'a new password',
    (rest, { token, password }) =>
      rest.call('PATCH', '/v1/users/me', { password: 'seven green kettles', currentPassword: password }, token),
  ],
  ['the end of the account', (rest, { token, password }) => rest.call('DELETE', '/v1/users/me', { password }, token)],
];

describe('in a cluster', () => {
  let cluster: Cluster;
  const open: RawPeer[] = [];

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 3 });
  }, 120_000);
  afterEach(() => {
    for (const peer of open.splice(0)) peer.cut();
  });
  afterAll(() => cluster?.stop());

  const restOn = (n: number): Rest => new Rest(cluster.nodes[n]?.url as string);
  const hello = async (n: number, token: string): Promise<{ peer: RawPeer; answer: string }> => {
    const peer = await new RawPeer(restOn(n).signaling).open();
    open.push(peer);
    const answer = await peer.hello(token);
    return { peer, answer: answer.type === 'error' ? answer['code'] : answer.type };
  };

  const signUp = async (): Promise<TestUser> => {
    const username = `u${randomBytes(8).toString('hex')}`;
    const password = randomBytes(12).toString('hex');
    const body = { username, password, displayName: 'Ada' };
    const { accessToken: token, refreshToken, user } = await restOn(0).call('POST', '/v1/auth/register', body);
    const { id: room } = await restOn(0).room(token);
    const peers: RawPeer[] = [];
    for (const n of [0, 1, 2]) {
      const { peer } = await hello(n, token);
      expect(await peer.request({ type: 'join', room })).toMatchObject({ type: 'joined' });
      peers.push(peer);
    }
    return { username, password, user: user.id, token, refreshToken, peers };
  };

  const isOver = async ({ token, refreshToken, peers }: TestUser): Promise<void> => {
    for (const peer of peers) expect(await peer.closed()).toBe(REVOKED);
    for (const n of [0, 1, 2]) {
      expect((await hello(n, token)).answer).toBe('token_invalid');
      const refreshed = restOn(n).call('POST', '/v1/auth/refresh', { refreshToken });
      await expect(refreshed).rejects.toThrow('refresh_invalid');
      await expect(restOn(n).call('GET', '/v1/users/me', undefined, token)).rejects.toThrow('token_invalid');
    }
  };

  describe.each(ENDINGS)('%s', (_name, end) => {
    it('ends every session on every node, and revokes earlier tokens', async () => {
      const who = await signUp();
      await end(restOn(2), who);
      await isOver(who);
    });

    it('does so while Redis is unavailable, and after it restarted empty', async () => {
      const who = await signUp();
      await cluster.redis.kill();
      await end(restOn(2), who);
      // Nodes cannot notify each other: each reads it from PostgreSQL.
      await isOver(who);
      await cluster.redis.restart();
      await isReady(cluster);
      for (const n of [0, 1, 2]) expect((await hello(n, who.token)).answer).toBe('token_invalid');
    });

    it('does so when Redis restarts empty at that moment', async () => {
      const who = await signUp();
      const outage = cluster.redis.kill().then(() => cluster.redis.restart());
      await end(restOn(1), who);
      await outage;
      await isOver(who);
      await isReady(cluster);
    });
  });

  it('counts commands to Redis and messages between nodes in its metrics', async () => {
    await signUp();
    const text = await (await fetch(`${cluster.nodes[0]?.url}/metrics`)).text();
    const metric = (name: string) => Number(new RegExp(`^parley_${name} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(metric('bus_messages_sent_total')).toBeGreaterThan(0);
    expect(metric('bus_messages_received_total')).toBeGreaterThan(0);
    expect(metric('presence_commands_total')).toBeGreaterThan(0);
    expect(metric('redis_commands_total')).toBeGreaterThan(0);
    expect([metric('redis_breaker_open'), metric('bus_messages_dropped_total')]).toEqual([0, 0]);
    expect(metric('bus_waiting_bytes')).toBeLessThan(1_000_000);
  });
});

const isReady = async ({ nodes }: Cluster): Promise<void> => {
  for (const { url } of nodes) await until(async () => (await fetch(`${url}/health/ready`)).ok);
};
