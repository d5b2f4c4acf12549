import { LoadProcess } from '../load/load-process.js';
import type { LoadSpec } from '../load/make-load.js';
import { Meter } from '../measure/meter.js';
import type { Ground, Running, System } from '../systems/system.js';

/** A load without its dialect, which the system determines. */
export type Part = LoadSpec extends infer Spec ? (Spec extends LoadSpec ? Omit<Spec, 'dialect'> : never) : never;

/** A running system, and ways to put it under load. */
export interface Stage {
  readonly running: Running;
  /** Prepares a load in its own process, without starting it. */
  load(part: Part): Promise<LoadProcess>;
  /** Measures the servers under this load, including Redis if there are two nodes. */
  meter(load: LoadProcess): Meter;
}

/** Starts a system on empty services, runs `act`, and stops everything. */
export const onStage = async <T>(
  system: System,
  ground: Ground,
  nodes: number,
  act: (stage: Stage) => Promise<T>,
  limits: 'raised' | 'default' = 'raised',
): Promise<T> => {
  await ground.redis?.empty();
  const running = await system.start(ground, nodes, limits);
  const open: (() => void)[] = [];
  try {
    return await act({
      running,
      load: async (part) => {
        const load = await LoadProcess.start({ ...part, dialect: system.dialect } as LoadSpec);
        open.push(() => load.end());
        return load;
      },
      meter: (load) => {
        const meter = new Meter(running, load, nodes > 1 ? ground.redis : undefined);
        open.push(() => meter.close());
        return meter;
      },
    });
  } finally {
    for (const close of open) close();
    await running.stop();
  }
};
