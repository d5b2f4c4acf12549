import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { LoadProcess } from '../load/load-process.js';
import type { Ground, Running } from '../systems/system.js';
import type { Figures, Size } from '../works/work.js';
import { cpuOf, machineBusy } from './process-tree.js';

/** Maximum duration of a warm-up. */
const WARM_UP_MS = 10_000;

interface Moment {
  readonly at: number;
  readonly servers: number;
  readonly redis: number;
  readonly commands: number;
  readonly generator: number;
  readonly busy: number;
}

/** Reads the CPU times of all processes, and divides their differences by the work in between. */
export class Meter {
  private readonly client: Redis | undefined;

  constructor(
    private readonly running: Running,
    private readonly load: LoadProcess,
    private readonly redis: Ground['redis'],
  ) {
    this.client = redis === undefined ? undefined : new Redis(redis.url);
  }

  close(): void {
    this.client?.disconnect();
  }

  /** Runs a continuous load until the code is warm. */
  async warmUp({ warmUpUnits }: Size): Promise<void> {
    const end = performance.now() + WARM_UP_MS;
    while ((await this.load.read()).units < warmUpUnits && performance.now() < end) await wait(50);
  }

  /** Measures a continuous load for this time. */
  during(ms: number): Promise<Figures> {
    return this.of(() => wait(ms));
  }

  /** Measures an action from its start to its end. */
  async of(act: () => Promise<unknown>): Promise<Figures> {
    const first = await this.load.read();
    const before = await this.moment();
    await act();
    const { units, ...others } = await this.load.read();
    const after = await this.moment();
    return { ...this.between(before, after, units - first.units), ...others };
  }

  private between(before: Moment, after: Moment, units: number): Figures {
    const wall = (after.at - before.at) * 1000;
    const own = (name: 'servers' | 'redis' | 'generator'): number => after[name] - before[name];
    return {
      cost: (own('servers') + own('redis')) / units,
      perSecond: (units / wall) * 1e6,
      ...(this.redis !== undefined && {
        redis: own('redis') / units,
        commands: (after.commands - before.commands) / units,
      }),
      generator: own('generator') / wall,
      others: (after.busy - before.busy - own('servers') - own('redis') - own('generator')) / wall,
    };
  }

  private async moment(): Promise<Moment> {
    const clocks = {
      at: performance.now(),
      servers: cpuOf(this.running.pids),
      redis: this.redis === undefined ? 0 : cpuOf([this.redis.pid]),
      generator: cpuOf([this.load.pid]),
      busy: machineBusy(),
    };
    const info = await this.client?.info('stats');
    return { ...clocks, commands: Number(/total_commands_processed:(\d+)/.exec(info ?? '')?.[1] ?? 0) };
  }
}
