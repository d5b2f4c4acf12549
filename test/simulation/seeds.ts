import { spawnSync } from 'node:child_process';

/**
 * Seeds that once failed, whether the service or the simulation was at fault. They run each time, and none is removed:
 * docs/reliability.md says what most of them showed.
 */
export const FAILED_SEEDS: readonly number[] = [
  ...[1, 3, 6, 92, 94, 110, 331, 561, 806, 846, 1_278, 2_276, 5_596],
  // Two outages overlap: the checker took the second for over when the first was.
  ...[76_892_259, 79_093_151],
];

/** The setting that overrides the first seed: an integer from 0 to 4294967295. */
export const FIRST_SEED_SETTING = 'SIMULATION_FROM';

const WITHOUT_COMMIT = 1_000_000;
/** The generator of random numbers takes 32 bits. */
const SEED_LIMIT = 2 ** 32;

/** Where a range of seeds starts, and why there. */
export interface FirstSeed {
  readonly seed: number;
  /** For people, such as `commit 8e3570c94319`. */
  readonly origin: string;
}

/**
 * Chooses the first seed of a test run. Each commit has seeds of its own, and they are always the same ones: a failure
 * belongs to the commit and repeats anywhere.
 * @param setting the value of {@link FIRST_SEED_SETTING}; undefined or empty: not set
 * @param commit the full hash of the commit; undefined: unknown, and the first seed is a constant
 * @throws {RangeError} when the setting is no seed
 */
export const firstSeed = (setting: string | undefined, commit: string | undefined): FirstSeed => {
  if (setting) {
    const seed = /^\d+$/.test(setting) ? Number(setting) : Number.NaN;
    if (!(seed < SEED_LIMIT)) throw new RangeError(`${FIRST_SEED_SETTING} is no integer of 32 bits: ${setting}`);
    return { seed, origin: FIRST_SEED_SETTING };
  }
  if (commit === undefined) return { seed: WITHOUT_COMMIT, origin: 'a fixed range, because git reports no commit' };
  return { seed: Number.parseInt(commit.slice(0, 7), 16), origin: `commit ${commit.slice(0, 12)}` };
};

/** @returns the full hash of the commit that is checked out; undefined without git or outside of a repository */
export const currentCommit = (): string | undefined => {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--verify', 'HEAD'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
};
