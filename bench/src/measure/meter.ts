import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { LoadProcess } from '../load/load-process.js';
import type { Ground, Running } from '../systems/system.js';
import type { Figures, Size } from '../works/work.js';
import { cpuOf, machineBusy } from './process-tree.js';

/** The longest that a warm-up may take. */
const WARM_UP_MS = 20_000;

interface Moment {
  readonly at: number;
  readonly servers: number;
  readonly redis: number;
  readonly commands: number;
  readonly generator: number;
  readonly busy: number;
}

/** Reads the clocks of all that takes part, and divides by the work that was done between two readings. */
export class Meter {
  private readonly client: Redis | undefined;

  constructor(
    private readonly running: Running,
    private readonly loads: readonly LoadProcess[],
    private readonly redis: Ground['redis'],
  ) {
    this.client = redis === undefined ? undefined : new Redis(redis.url);
  }

  close(): void {
    this.client?.disconnect();
  }

  /** Lets a load that goes on run until the code is warm. */
  async warmUp({ warmUpUnits }: Size): Promise<void> {
    const end = performance.now() + WARM_UP_MS;
    while ((await this.units()).units < warmUpUnits && performance.now() < end) await wait(50);
  }

  /** What a load that goes on does within this time. */
  async during(ms: number): Promise<Figures> {
    const before = await this.moment();
    const first = await this.units();
    await wait(ms);
    const after = await this.moment();
    const last = await this.units();
    return { ...this.between(before, after, last.units - first.units), p50: last.p50, p99: last.p99 };
  }

  /** What it takes to do something to its end. */
  async of(act: () => Promise<unknown>): Promise<Figures> {
    const first = await this.units();
    const before = await this.moment();
    await act();
    const after = await this.moment();
    const last = await this.units();
    return { ...this.between(before, after, last.units - first.units), p50: last.p50, p99: last.p99 };
  }

  private async units(): Promise<{ units: number; p50: number; p99: number }> {
    const readings = await Promise.all(this.loads.map((load) => load.read()));
    return {
      units: readings.reduce((sum, { units }) => sum + units, 0),
      p50: Math.max(...readings.map(({ p50 }) => p50)),
      p99: Math.max(...readings.map(({ p99 }) => p99)),
    };
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
    const info = await this.client?.info('stats');
    return {
      at: performance.now(),
      servers: cpuOf(this.running.pids),
      redis: this.redis === undefined ? 0 : cpuOf([this.redis.pid]),
      commands: Number(/total_commands_processed:(\d+)/.exec(info ?? '')?.[1] ?? 0),
      generator: cpuOf(this.loads.map(({ pid }) => pid)),
      busy: machineBusy(),
    };
  }
}
