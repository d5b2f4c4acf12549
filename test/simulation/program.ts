import { Simulation } from './simulation.js';

/** Runs the seeds that its parent sends, one at a time, and sends back what came of each. */
process.on('message', async ({ seed, mutant }: { seed: number; mutant?: string }) => {
  const { MUTANTS } = (await import('./mutants.js')) as { MUTANTS?: readonly { name: string }[] };
  const chosen = mutant === undefined ? undefined : MUTANTS?.find(({ name }) => name === mutant);
  const begun = process.hrtime.bigint();
  const { events, ...outcome } = await new Simulation(seed, chosen as never).run();
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  process.send?.({ ...outcome, ms, eventCount: events.length });
});
