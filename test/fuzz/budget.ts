/**
 * `npm test` uses a fixed seed, so a new failure comes from the change. `npm run hostile` uses a random
 * seed; each failure names it, and `FUZZ_SEED` repeats a run.
 */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 1_404_768_812);

/** How long each fuzzer runs. */
export const BUDGET_MS = 1_000 * Number(process.env['FUZZ_SECONDS'] ?? 12);

/** Maximum growth of the server's memory. */
export const MORE_BYTES = 250 * 1024 * 1024;
