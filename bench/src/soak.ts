import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { CommandFailed } from '../../scripts/run-command.mjs';
import { layGround } from './ground.js';
import { LoadProcess } from './load/load-process.js';
import { HeapSnapshots, programOf } from './measure/heap.js';
import { residentOf } from './measure/process-tree.js';
import { startParley } from './systems/parley.js';
import type { Running } from './systems/system.js';

const CALLS = 50;
const MAX_CALL_MS = 3_000;
const EVERY_MS = 60_000;
/** Warm-up of caches and code, after which memory must not grow. */
const WARM_UP_MS = 120_000;
/** Lost sessions end after the resume window and the next sweep. */
const AWAY_MS = 45_000;
/** Tombstones stay in Redis for ten minutes. */
const TOMBSTONES_MS = 11 * 60_000;

/**
 * `npm run bench -- soak [--minutes N]`: two nodes, clients that join and leave in every way, and the resources they
 * leave behind.
 */
export const soak = async (words: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...words], options: { minutes: { type: 'string', default: '30' } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new CommandFailed('--minutes must be more than 0');
  const { ground, stop } = await layGround({ redis: true });
  const snapshots = new HeapSnapshots();
  const nodes = await startParley(ground, 2, 'raised', snapshots.flags);
  const watch = new Watch(nodes, snapshots, new Redis(ground.redis!.url));
  try {
    const churn = async (ms: number): Promise<void> => {
      const load = await LoadProcess.start({
        dialect: 'parley',
        load: 'churn',
        options: {
          nodes: nodes.ports.map((port) => ({ host: '127.0.0.1', port })),
          secret: ground.secret,
          run: String(Date.now()),
          calls: CALLS,
          maxMs: MAX_CALL_MS,
        },
      });
      await load.begin();
      const end = performance.now() + ms;
      while (performance.now() < end) {
        await wait(Math.min(EVERY_MS, end - performance.now()));
        const { units, more } = await load.read();
        await watch.line(`${units} calls, ${more?.['refused']} refused`);
      }
      await load.finish();
      load.end();
    };
    await churn(WARM_UP_MS);
    await wait(AWAY_MS);
    await watch.whole('begin');
    await churn(minutes * 60_000);
    await wait(AWAY_MS);
    await watch.whole('end');
    await wait(TOMBSTONES_MS);
    await watch.whole('end, tombstones over');
  } finally {
    watch.close();
    await nodes.stop();
    snapshots.close();
    await stop();
  }
};

/** Reads the resources of the nodes and of Redis from outside. */
class Watch {
  private readonly pids: readonly number[];
  private readonly since = performance.now();

  constructor(
    private readonly nodes: Running,
    private readonly snapshots: HeapSnapshots,
    private readonly redis: Redis,
  ) {
    this.pids = nodes.pids.map(programOf);
    console.log(
      '| minute | | heap after collection, MiB | RSS, MiB | open files | sessions | peers | Redis keys | Redis MiB |',
    );
    console.log('|---|---|---|---|---|---|---|---|---|');
  }

  close(): void {
    this.redis.disconnect();
  }

  /** Reads everything that does not affect the nodes. */
  line(what: string): Promise<void> {
    return this.print(what, []);
  }

  /** Also takes a heap snapshot of each node, which blocks it for a second. */
  async whole(what: string): Promise<void> {
    const heaps: number[] = [];
    for (const pid of this.pids) heaps.push(await this.snapshots.take(pid));
    await this.print(`**${what}**`, heaps);
  }

  private async print(what: string, heaps: readonly number[]): Promise<void> {
    const gauges = await Promise.all(this.nodes.ports.map(gaugesOf));
    const memory = /used_memory:(\d+)/.exec(await this.redis.info('memory'))?.[1];
    const cells = [
      Math.round((performance.now() - this.since) / 60_000),
      what,
      heaps.map(mebi).join(' + '),
      this.pids.map((pid) => mebi(residentOf([pid]) * 1024)).join(' + '),
      this.pids.map((pid) => readdirSync(`/proc/${pid}/fd`).length).join(' + '),
      gauges.map(({ sessions }) => sessions).join(' + '),
      gauges.map(({ peers }) => peers).join(' + '),
      await this.redis.dbsize(),
      mebi(Number(memory)),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

const mebi = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

const gaugesOf = async (port: number): Promise<{ sessions: string; peers: string }> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const read = (name: string): string => new RegExp(`^parley_${name} (\\d+)`, 'm').exec(text)?.[1] ?? '?';
  return { sessions: read('sessions'), peers: read('peers') };
};
