/**
 * `npm test` asks what it asked the last time: what fails there came with the change. `npm run hostile` draws a fresh
 * seed, which each failure names, and `FUZZ_SEED` runs one again.
 */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 1_404_768_812);

/** How long each fuzzer runs. */
export const BUDGET_MS = 1_000 * Number(process.env['FUZZ_SECONDS'] ?? 12);

/** How much memory a server may take more after all of it. */
export const MORE_BYTES = 250 * 1024 * 1024;
