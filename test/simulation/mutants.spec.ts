import { describe, expect, it } from '@jest/globals';
import { simulateSeeds } from '../../scripts/simulate-seeds.mjs';

/** Each breaks one rule of docs/reliability.md; beside it are invariants of which one must show that. */
const MUTANTS: readonly [name: string, shownBy: readonly string[]][] = [
  ['no resend', ['I4', 'I9', 'I14']],
  ['no dedupe', ['I3']],
  ['the node acknowledges', ['I6']],
  ['no missed list', ['I6']],
  ['a denied repeat is answered by the node', ['I6', 'I7']],
  ['arrival order instead of attempt', ['I16']],
  ['no reconcile', ['I11', 'I12', 'I14']],
  ['no reaper', ['I12', 'I19']],
  ['a dead node id is revived', ['I12', 'I19']],
  ['no base', ['I9', 'I14']],
  ['offline queue', ['I13']],
  ['delivered out of order', ['I4']],
  ['an epoch goes on over lost writes', ['I12', 'I19']],
  ['an epoch is derived from the server', ['I12', 'I19']],
  ['a client returns to no epoch that it left', ['I9', 'I12', 'I14']],
  ['a removal is not acted on', ['I17']],
  ['a lock is ignored', ['I22']],
  ['the end of a room is not acted on', ['I23']],
  ['a join is not checked after it was admitted', ['I17', 'I21']],
  ['a join is not checked after it was attached', ['I27']],
  ['a removal during a join is not noted', ['I17', 'I21']],
  ['a demotion during a join is not noted', ['I27']],
  ['an answer does not reach the lobby', ['I30']],
  ['a lifted ban stays in force', ['I28']],
  ['a cancelled join is not taken back', ['I20']],
  ['one caller cancels the join of another', ['I29']],
  ['a closed socket stays in its rooms', ['I24']],
  ['one room of a session is resumed', ['I11']],
  ['the answer to a join is ignored', ['I9', 'I12', 'I14']],
];

const SEEDS = 400;

describe('the checker', () => {
  it.each(MUTANTS)(
    'finds: %s',
    async (mutant, shownBy) => {
      const isFound = (outcome: { readonly violations: readonly { readonly invariant: string }[] }) =>
        outcome.violations.some(({ invariant }) => shownBy.includes(invariant));
      const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
      const outcomes = await simulateSeeds(seeds, { mutant, workers: 2, until: isFound });
      expect(outcomes.some(isFound)).toBe(true);
    },
    180_000,
  );
});
