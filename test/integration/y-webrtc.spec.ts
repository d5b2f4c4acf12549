import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Topology } from '../scenarios/topology.js';
import { Y_WEBRTC_SCENARIOS } from '../scenarios/y-webrtc.js';
import { type RunningNode, startNode } from '../support/start-node.js';

describe('y-webrtc on one node with nothing but itself', () => {
  let node: RunningNode;
  beforeAll(async () => {
    node = await startNode();
  }, 90_000);
  afterAll(() => node?.stop());

  it.each(Object.entries(Y_WEBRTC_SCENARIOS))('%s', (_name, scenario) => scenario(new Topology([node])));
});
