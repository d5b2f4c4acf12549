import { CLIENT_FAULTS } from './client-faults.js';
import type { FaultTable } from './fault.js';
import { NODE_FAULTS } from './node-faults.js';
import { QUIET_AT_MS } from './schedule.js';
import type { Simulation } from './simulation.js';
import { STORE_FAULTS } from './store-faults.js';

const FAULTS: FaultTable = {
  ...CLIENT_FAULTS,
  ...NODE_FAULTS,
  ...STORE_FAULTS,
};

const FIRST_MS = 6_000;

/** Chooses what goes wrong, and when: up to seven things, often at once, and all over before the quiet. */
export const scheduleFaults = (run: Simulation, names: readonly string[] = Object.keys(FAULTS)): void => {
  const { world, recorder } = run;
  const { random } = world;
  for (let count = random.between(1, 8); count > 0; count -= 1) {
    const name = random.of(names);
    const { begin, maxMs } = FAULTS[name] as (typeof FAULTS)[string];
    world.later(random.between(FIRST_MS, QUIET_AT_MS - maxMs), () => {
      const running = begin(run);
      if (running === undefined) return;
      const about = { kind: 'fault' as const, name, ...(running.target && { target: running.target }) };
      recorder.add({ ...about, phase: 'start' });
      world.later(running.ms, () => {
        running.stop?.();
        recorder.add({ ...about, phase: 'stop' });
      });
    });
  }
};
