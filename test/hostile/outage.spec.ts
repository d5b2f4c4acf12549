import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Topology } from '../scenarios/topology.js';
import { ask } from '../support/redis.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';
import { until } from '../support/until.js';
import { problemOf, restOf } from './rest-of.js';

/** The burst of an address, which refills so slowly that a slow machine reaches its end too. */
const BURST = 60;

let cluster: Cluster;
let topology: Topology;

beforeAll(async () => {
  const environment = { TRUSTED_PROXIES: 'loopback', REFRESH_BURST: String(BURST), REFRESHES_PER_MINUTE: '1' };
  cluster = await startCluster({ nodes: 2, environment });
  topology = new Topology(cluster.nodes);
}, 120_000);
afterAll(async () => {
  topology?.clear();
  await cluster?.stop();
}, 60_000);

const port = (): number => cluster.redis.servers[0]?.port as number;
const keys = async (): Promise<string[]> => (await ask(port(), 'keys', '*')) as string[];
const pairIn = async () => {
  const [alice, bob] = [await topology.enter(0, 'Alice'), await topology.enter(1, 'Bob')];
  const { id: room } = await topology.rest().room(alice.token);
  await alice.peer.request({ type: 'join', room });
  const { peer: to } = await bob.peer.request({ type: 'join', room });
  const signal = async (body: string) => {
    alice.peer.send({ type: 'signal', to, kind: 'data' }, body);
    await bob.peer.next((frame) => frame.type === 'signal' && frame.body === body, body);
  };
  await until(async () => {
    alice.peer.send({ type: 'signal', to, kind: 'data' }, 'first');
    await alice.peer.barrier();
    return bob.peer.unread.some((frame) => frame.type === 'signal');
  });
  await bob.peer.next('signal');
  return { alice, bob, room, signal };
};

describe('nodes that share a Redis', () => {
  it('A22 keep every key under their prefix, whatever a client names', async () => {
    const { alice } = await pairIn();
    for (const room of ['a}{b', '*', 'x:y', '\r\nSET evil 1\r\n', '{nodes}', '../parley']) {
      await alice.peer.request({ type: 'join', room });
      await topology
        .rest()
        .call('GET', `/v1/rooms/${encodeURIComponent(room)}`, undefined, alice.token)
        .catch(() => {});
    }
    expect(
      (await keys()).filter(
        (key) => !/^parley:[a-z]+:(\{[A-Za-z0-9_~:-]+\}:?[A-Za-z0-9_-]*|[A-Za-z0-9_-]+)$/.test(key),
      ),
    ).toEqual([]);
  });

  it('A23 drop and count foreign publications, and continue', async () => {
    const { signal } = await pairIn();
    const channels = (await ask(port(), 'pubsub', 'channels', 'parley:node:*')) as string[];
    expect(channels.length).toBeGreaterThanOrEqual(2);
    const malformed = [
      '',
      'x',
      '{"fact":"user_revoked"}',
      '\u0000'.repeat(1_000),
      'x'.repeat(1_000_000),
      '{"__proto__":{"polluted":1}}',
    ];
    for (const channel of channels) for (const text of malformed) await ask(port(), 'publish', channel, text);
    await signal('after malformed messages');
    for (const node of cluster.nodes) expect(node.process.exitCode).toBeNull();
  });

  it('R08 count the requests of an address together', async () => {
    const address = '198.51.100.77';
    const statuses: number[] = [];
    for (let n = 0; n < 2 * BURST; n += 10) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, k) =>
          restOf(topology.url(k), address).ask('POST', '/v1/auth/refresh', { json: { refreshToken: 'x' } }),
        ),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses).toContain(429);
    // Each node by itself would have accepted all of them.
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(BURST + 10);
  }, 60_000);

  it('R17 keep their limits without Redis, answer with problems, and continue when it restarts empty', async () => {
    const { alice, signal } = await pairIn();
    await cluster.redis.kill();
    const rest = restOf(topology.url(0), '198.51.100.78');
    await until(async () => (await rest.ask('GET', '/health/ready')).status === 503);
    expect((await rest.ask('GET', '/health/live')).status).toBe(200);
    const reply = await alice.peer.request({ type: 'join', room: 'another' });
    expect(['unavailable', 'room_not_found']).toContain(reply['code']);
    expect(problemOf(await rest.ask('GET', '/v1/users/me', { token: 'a.b.c' }))).toBe('401 token_invalid');
    let limited = false;
    for (let n = 0; n < 2 * BURST && !limited; n += 1) {
      const answer = await rest.ask('POST', '/v1/auth/refresh', { json: { refreshToken: 'x' } });
      expect(['401 refresh_invalid', '429 rate_limited']).toContain(problemOf(answer));
      limited = answer.status === 429;
    }
    expect(limited).toBe(true);
    await cluster.redis.restart();
    await until(async () => (await rest.ask('GET', '/health/ready')).status === 200, 30_000);
    await until(async () => {
      try {
        await signal('after the outage');
        return true;
      } catch {
        return false;
      }
    }, 60_000);
  }, 120_000);
});
