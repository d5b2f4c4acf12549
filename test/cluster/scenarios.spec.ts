import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { SCENARIOS } from '../scenarios/scenarios.js';
import { Topology } from '../scenarios/topology.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';

describe.each(['standalone', 'cluster', 'sentinel'] as const)('on three nodes over a Redis that is %s', (kind) => {
  let cluster: Cluster | undefined;
  let topology = new Topology([]);

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 3, redis: kind, environment: { ROOM_CHECK_MS: '300' } });
    topology = new Topology(cluster.nodes);
  }, 120_000);
  afterEach(() => topology.clear());
  afterAll(() => cluster?.stop());

  it.each(Object.entries(SCENARIOS))('%s', (_name, scenario) => scenario(topology));
});
