import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { SCENARIOS } from '../scenarios/scenarios.js';
import { Topology } from '../scenarios/topology.js';
import { startNode } from '../support/start-node.js';

describe('on one node with nothing but itself', () => {
  let topology: Topology;

  beforeAll(async () => {
    topology = new Topology([await startNode({ ROOM_CHECK_MS: '300' })]);
  }, 90_000);
  afterEach(() => topology.clear());
  afterAll(() => Promise.all(topology.nodes.map((node) => node.stop())));

  it.each(Object.entries(SCENARIOS))('%s', (_name, scenario) => scenario(topology));
});
