import { describe, expect, it } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { NodeLiveness } from './node-liveness.js';

const [OWN, OTHER] = ['own', 'other'] as [NodeId, NodeId];

const lists = (...nodes: NodeId[]) => {
  const clock = { now: 0 };
  return {
    clock,
    living: new NodeLiveness(
      async () => nodes,
      () => clock.now,
    ),
  };
};

describe('the nodes with a lease', () => {
  it('are all that is there: one without a lease is over', async () => {
    expect(await lists(OWN).living.isGone(OTHER, OWN)).toBe(true);
    expect(await lists(OWN, OTHER).living.isGone(OTHER, OWN)).toBe(false);
  });

  it('say nothing of others when their own is missing', async () => {
    expect(await lists().living.isGone(OTHER, OWN)).toBe(false);
  });

  it('say nothing for a while after the store was away: it may have come back empty', async () => {
    const { living: alive, clock } = lists(OWN);
    alive.doubt();
    expect(await alive.isGone(OTHER, OWN)).toBe(false);
    clock.now = 9_999;
    expect(await alive.isGone(OTHER, OWN)).toBe(false);
    clock.now = 10_000;
    expect(await alive.isGone(OTHER, OWN)).toBe(true);
  });
});
