import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Topology } from '../scenarios/topology.js';
import { Y_WEBRTC_SCENARIOS } from '../scenarios/y-webrtc.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';
import { until } from '../support/until.js';
import { YSocket } from '../support/y-webrtc-socket.js';

const DRAIN = { DRAIN_GRACE_MS: '100', DRAIN_SPREAD_MS: '500', DRAIN_DEADLINE_MS: '3000' };

describe.each([
  [3, 'standalone'],
  [2, 'distant'],
  [3, 'cluster'],
] as const)('y-webrtc on %i nodes over a Redis that is %s', (nodes, redis) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ nodes, redis, environment: DRAIN });
  }, 120_000);
  afterAll(() => cluster?.stop());

  it.each(Object.entries(Y_WEBRTC_SCENARIOS))('%s', (_name, scenario) => scenario(new Topology(cluster.nodes)), 60_000);

  /** Connects a client to each of two nodes, in one room. */
  const pair = async (room: string): Promise<[YSocket, YSocket]> => {
    const sockets: [YSocket, YSocket] = [
      await YSocket.open(cluster.nodes[0]?.url as string),
      await YSocket.open(cluster.nodes[1]?.url as string),
    ];
    await Promise.all(sockets.map((socket) => socket.hears(room)));
    return sockets;
  };

  it('clients reconnect after a loss of Redis, wait for it, and find each other', async () => {
    const sockets = await pair('outage');
    await cluster.redis.kill();
    await Promise.all(sockets.map((socket) => until(() => socket.closeCode === 1012)));
    const [a, b] = [
      await YSocket.open(cluster.nodes[0]?.url as string),
      await YSocket.open(cluster.nodes[1]?.url as string),
    ];
    for (const [socket, from] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      socket.subscribe('outage');
      socket.publish('outage', from);
    }
    // A client disconnects without a pong, so pings are answered even while its subscription waits.
    await Promise.all([a.pong(), b.pong()]);
    await cluster.redis.restart();
    await Promise.all([until(() => a.heard('outage').includes('a')), until(() => b.heard('outage').includes('b'))]);
    // Later publications of each client follow those of the other one.
    await Promise.all([a.reaches(b, 'outage'), b.reaches(a, 'outage')]);
    expect([a.heard('outage').includes('b'), b.heard('outage').includes('a')].filter(Boolean)).toHaveLength(1);
    a.close();
    b.close();
  }, 60_000);

  it('a draining node closes the sockets of its clients, and other nodes keep theirs', async () => {
    const [a, b] = await pair('drain');
    const gone = (cluster.nodes[1] as Cluster['nodes'][0]).terminate();
    await until(() => b.closeCode === 1012);
    await gone;
    expect(a.closeCode).toBeUndefined();
    await a.reaches(a, 'drain');
    a.close();
  }, 60_000);
});
