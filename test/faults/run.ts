import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../history/checker.js';
import { addCounts, judge, summary } from './judge.js';
import { runNemesis, type Topology, topologyOf } from './nemesis.js';

const RESULTS = join(import.meta.dirname, '../../test-output/faults');
/** Maximum violations printed per run. */
const MAX_SHOWN = 20;

/** One run: a seed and the topology of the store. */
export interface Run {
  readonly seed: number;
  /** Default: derived from the seed. */
  readonly topology?: Topology | undefined;
}

/** Options of runs. */
export interface RunOptions {
  /** How long faults are injected in each run. */
  readonly seconds: number;
  /** Concurrent runs; a run mostly waits. Default: 1. */
  readonly workers?: number | undefined;
  /** Whether another run may start. Default: always. */
  readonly more?: (() => boolean) | undefined;
}

/**
 * Executes runs, and prints the injected faults and the findings. The last printed line is the summary.
 * @returns true if there were no findings
 */
export const runSeeds = async (
  runs: Iterable<Run>,
  { seconds, workers = 1, more = () => true }: RunOptions,
): Promise<boolean> => {
  const waiting = runs[Symbol.iterator]();
  const all: Counts[] = [];
  const again: string[] = [];
  const worker = async (): Promise<void> => {
    while (more()) {
      const { value: run, done } = waiting.next();
      if (done) return;
      const { seed, topology = topologyOf(seed) } = run;
      const { counts, sound } = await runOne({ seed, topology }, seconds).catch((error: Error) => {
        console.log(`seed ${seed}, ${topology}: the run failed to execute: ${error.stack}`);
        return { counts: undefined, sound: false };
      });
      if (counts !== undefined) all.push(counts);
      if (!sound) {
        again.push(`again: npm run faults -- --seeds 1 --seconds ${seconds} --seed ${seed} --topology ${topology}`);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  for (const line of again) console.log(line);
  console.log(`${all.length} seeds, ${again.length} with violations or not run`);
  console.log(summary(addCounts(all)));
  return again.length === 0;
};

/** Prints the report of a run when it has ended, because several may run at once. */
const runOne = async (
  { seed, topology }: Required<Run>,
  seconds: number,
): Promise<{ counts: Counts; sound: boolean }> => {
  const lines: string[] = [];
  const run = await runNemesis(seed, seconds, { topology, say: (line) => lines.push(line) });
  const { counts, violations } = judge(run);
  const { signals, delivered, peerGone, rejected, unknown } = counts;
  console.log(
    `seed ${seed}, ${run.topology}: ${signals} signals: ${delivered} delivered, ${peerGone} peer_gone, ${rejected} rejected, ${unknown} unknown`,
  );
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `seed-${seed}-${run.topology}.jsonl`);
  writeFileSync(file, `${run.history.map((event) => JSON.stringify(event)).join('\n')}\n`);
  const sound = violations.length + run.troubles.length === 0;
  if (!sound) {
    for (const line of lines) console.log(line);
    for (const trouble of run.troubles.slice(0, MAX_SHOWN)) console.log(`  TROUBLE ${trouble}`);
    for (const { invariant, message } of violations.slice(0, MAX_SHOWN)) console.log(`  ${invariant} ${message}`);
    console.log(`  its history is in ${file}`);
  }
  return { counts, sound };
};
