import { LoadProcess } from '../load/load-process.js';
import type { LoadSpec } from '../load/make-load.js';
import { Meter } from '../measure/meter.js';
import type { Ground, Running, System } from '../systems/system.js';

/** A load without its dialect, which is the system's. */
export type Part = LoadSpec extends infer Spec ? (Spec extends LoadSpec ? Omit<Spec, 'dialect'> : never) : never;

/** A system that runs, and the ways to put it under load. */
export interface Stage {
  readonly running: Running;
  /** A load in a process of its own, prepared and not begun. */
  load(part: Part): Promise<LoadProcess>;
  /** Measures the servers, Redis with them when there are two nodes, against this load. */
  meter(load: LoadProcess): Meter;
}

/** Starts a system on an empty ground, lets `act` use it, and takes everything down. */
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
