import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PEERJS_SCENARIOS } from '../scenarios/peerjs.js';
import { PeerjsPeer } from '../scenarios/peerjs-peer.js';
import { Topology } from '../scenarios/topology.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';
import { until } from '../support/until.js';

describe.each(['standalone', 'cluster'] as const)('PeerServer on two nodes over a Redis that is %s', (kind) => {
  let cluster: Cluster;
  let topology = new Topology([]);
  beforeAll(async () => {
    cluster = await startCluster({
      nodes: 2,
      redis: kind,
      environment: { NODE_LEASE_MS: '3000', NODE_RENEW_MS: '900', NODE_SWEEP_MS: '500' },
    });
    topology = new Topology(cluster.nodes);
  }, 120_000);
  afterAll(() => cluster?.stop());

  it.each(Object.entries(PEERJS_SCENARIOS))('%s', (_name, scenario) => scenario(topology));

  const joins = async (n: number, id: string, token: string): Promise<PeerjsPeer | undefined> => {
    const peer = new PeerjsPeer(topology.url(n), { id, token });
    await until(() => peer.frames.length > 0 || peer.end !== undefined);
    return peer.types[0] === 'OPEN' ? peer : undefined;
  };

  it('frees the ids of a killed node within its lease, and at once for their owners', async () => {
    const doomed = await cluster.addNode();
    const [owner, other] = [await PeerjsPeer.join(doomed.url), await PeerjsPeer.join(doomed.url)];
    const ada = await PeerjsPeer.join(topology.url(0));
    await doomed.kill();
    const back = await PeerjsPeer.join(topology.url(1), { id: owner.id });
    ada.send({ type: 'OFFER', dst: owner.id, payload: 'again' });
    await back.gets('OFFER');
    const begin = performance.now();
    await until(() => joins(0, other.id, 'a stranger'));
    expect(performance.now() - begin).toBeLessThan(10_000);
    cluster.nodes.pop();
  }, 60_000);

  it('continues with a Redis that restarts empty: clients keep their ids', async () => {
    const [ada, bela] = [await PeerjsPeer.join(topology.url(0)), await PeerjsPeer.join(topology.url(1))];
    await cluster.redis.kill();
    await cluster.redis.restart();
    await until(async () => {
      ada.send({ type: 'CANDIDATE', dst: bela.id, payload: randomUUID() });
      return bela.types.includes('CANDIDATE');
    }, 30_000);
    await until(async () => {
      bela.send({ type: 'CANDIDATE', dst: ada.id, payload: randomUUID() });
      return ada.types.includes('CANDIDATE');
    }, 30_000);
    expect(await joins(0, bela.id, 'a stranger')).toBeUndefined();
    expect([ada.end, bela.end]).toEqual([undefined, undefined]);
  }, 60_000);
});
