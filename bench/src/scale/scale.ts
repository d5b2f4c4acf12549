import { costOf, type Load } from './model.js';
import { simulate } from './simulate.js';

const COMMON = { peersPerRoom: 4, signalsPerPeerPerSecond: 0.2, gatherMs: 1 };

/** Numbers of nodes, with 1,000 or 10,000 peers each. */
const LOADS: readonly Load[] = [
  { ...COMMON, peers: 2_000, nodes: 2, joinsPerSecond: 10 },
  { ...COMMON, peers: 20_000, nodes: 2, joinsPerSecond: 50 },
  { ...COMMON, peers: 100_000, nodes: 10, joinsPerSecond: 200 },
  { ...COMMON, peers: 100_000, nodes: 100, joinsPerSecond: 200 },
  { ...COMMON, peers: 1_000_000, nodes: 100, joinsPerSecond: 2_000 },
  { ...COMMON, peers: 1_000_000, nodes: 1_000, joinsPerSecond: 2_000 },
];

/** Numbers of nodes, and of all signals within a round trip. */
const RUNS: readonly (readonly [number, number])[] = [
  [2, 40],
  [2, 400],
  [10, 400],
  [100, 200],
  [1_000, 200],
];

const table = (rows: readonly Readonly<Record<string, string | number>>[]): string => {
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(names), line(names.map(() => '---')), ...rows.map((row) => line(Object.values(row)))].join('\n');
};

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);

/** Computes the cost of large installations, and compares the model with the routing code: `npm run bench -- scale`. */
export const scale = async (): Promise<void> => {
  const rows = LOADS.map((load) => {
    const { redis, ...cost } = costOf(load);
    return {
      peers: load.peers.toLocaleString('en'),
      nodes: load.nodes.toLocaleString('en'),
      'commands per signal': figure(cost.commandsPerSignal),
      'cores of all nodes': figure(cost.nodeCores),
      'Redis commands/s': figure(redis.commandsPerSecond),
      'cores: bus': figure(redis.busCores),
      rooms: figure(redis.roomCores),
      index: figure(redis.indexCores),
      masters: redis.shards,
      'Mbit/s': figure(redis.megabitsPerSecond),
      'MiB per node': figure(cost.nodeMebibytes),
      'fills first': cost.first,
    };
  });
  console.log(`${table(rows)}\n`);
  const checks = [];
  for (const [nodes, signalsPerRound] of RUNS) {
    const signals = 40_000;
    const run = await simulate({ nodes, rooms: 2_000, peersPerRoom: 4, signals, signalsPerRound, seed: 1 });
    const load = { ...COMMON, peers: 1_000, nodes, joinsPerSecond: 0, signalsPerPeerPerSecond: signalsPerRound };
    checks.push({
      nodes,
      'signals in a round trip': signalsPerRound,
      delivered: `${run.delivered.toLocaleString('en')} of ${signals.toLocaleString('en')}`,
      'commands per signal: simulated': figure(run.commands / signals),
      model: figure(costOf(load).commandsPerSignal),
      'bytes per remote signal': figure(run.bytes / run.remote),
    });
  }
  console.log(table(checks));
};
