import { randomInt } from 'node:crypto';

/** `FUZZ_SEED` runs one seed again; without it every run has a fresh one, which each failure names. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

/** How long each fuzzer runs. */
export const BUDGET_MS = 1_000 * Number(process.env['FUZZ_SECONDS'] ?? 12);

/** How much memory a server may take more after all of it. */
export const MORE_BYTES = 250 * 1024 * 1024;
