import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../history/checker.js';
import { addCounts, judge, summary } from './judge.js';
import { runNemesis } from './nemesis.js';

const KEPT = join(import.meta.dirname, '../../test-output/faults');
/** Violations of one run that are printed. */
const MOST_SHOWN = 20;

/**
 * Runs one seed after another and prints what was injected and found.
 * @returns whether nothing was found. The last line printed is the summary.
 */
export const runSeeds = async (seeds: readonly number[], seconds: number): Promise<boolean> => {
  const all: Counts[] = [];
  const bad: number[] = [];
  for (const seed of seeds) {
    console.log(`seed ${seed}`);
    const run = await runNemesis(seed, seconds, console.log);
    const { counts, violations } = judge(run);
    all.push(counts);
    console.log(
      `  ${run.redis}: ${counts.signals} signals: ${counts.delivered} delivered, ${counts.peerGone} peer_gone, ${counts.rejected} rejected, ${counts.unknown} unknown`,
    );
    for (const trouble of run.troubles.slice(0, MOST_SHOWN)) console.log(`  TROUBLE ${trouble}`);
    for (const { invariant, message } of violations.slice(0, MOST_SHOWN)) console.log(`  ${invariant} ${message}`);
    mkdirSync(KEPT, { recursive: true });
    const file = join(KEPT, `seed-${seed}.jsonl`);
    writeFileSync(file, `${run.history.map((event) => JSON.stringify(event)).join('\n')}\n`);
    if (violations.length + run.troubles.length === 0) continue;
    bad.push(seed);
    console.log(`  its history is in ${file}`);
  }
  for (const seed of bad) console.log(`again: npm run faults -- --seeds 1 --seconds ${seconds} --seed ${seed}`);
  console.log(summary(addCounts(all)));
  return bad.length === 0;
};
