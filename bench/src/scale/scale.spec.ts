import { describe, expect, test } from '@jest/globals';
import { FULL, MEASURED } from './costs.js';
import { costOf, type Load } from './model.js';
import { simulate } from './simulate.js';

const GATHER_MS = 1;

/** The same load for the model: the signals of a round, in the time that a batch collects. */
const loadOf = (nodes: number, signalsPerRound: number): Load => ({
  ...{ peers: 1_000, nodes, peersPerRoom: 4, joinsPerSecond: 0, gatherMs: GATHER_MS },
  signalsPerPeerPerSecond: signalsPerRound / GATHER_MS,
});

describe('the cost model', () => {
  test.each([
    [2, 40],
    [10, 40],
    [10, 400],
    [50, 100],
  ])('agrees with the routing code on %d nodes, %d signals a round', async (nodes, signalsPerRound) => {
    const signals = 20_000;
    const run = await simulate({ nodes, rooms: 250, peersPerRoom: 4, signals, signalsPerRound, seed: 7 });
    const { commandsPerSignal, remoteShare } = costOf(loadOf(nodes, signalsPerRound));
    expect(run.delivered).toBe(signals);
    expect(run.remote / signals / remoteShare).toBeCloseTo(1, 1);
    expect(run.commands / signals / commandsPerSignal).toBeGreaterThan(0.75);
    expect(run.commands / signals / commandsPerSignal).toBeLessThan(1.25);
    expect(run.bytes / run.remote).toBeLessThan(MEASURED.signalBytes + 2 * MEASURED.envelopeBytes);
  });

  test('one node needs no Redis for its signals', () => {
    expect(costOf(loadOf(1, 100))).toMatchObject({ remoteShare: 0, commandsPerSignal: 0 });
  });

  test('a million peers on a thousand nodes fill the index of rooms first', () => {
    const cost = costOf({
      ...{ peers: 1e6, nodes: 1_000, peersPerRoom: 4, signalsPerPeerPerSecond: 0.2, joinsPerSecond: 2_000 },
      gatherMs: GATHER_MS,
    });
    expect(cost.first).toBe('index');
    expect(cost.redis.indexCores).toBeGreaterThan(FULL / 2);
    expect(cost.commandsPerSignal).toBeGreaterThan(0.9);
  });
});
