import { setTimeout as wait } from 'node:timers/promises';
import { exchangeCall } from '../call.js';
import type { Address, Dialect, Peer, Who } from '../dialect.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface ChurnOptions {
  readonly nodes: readonly Address[];
  readonly secret: string;
  /** What this run's names begin with: who has left once cannot come again under the same name. */
  readonly run: string;
  /** So many calls at any moment, each in a room that it uses again and again. */
  readonly calls: number;
  /** A call lasts between nothing and this. */
  readonly maxMs: number;
}

/** How calls end: as they should, by two sockets that are cut, or after one was cut and came back on another node. */
const ENDINGS = ['leave', 'leave', 'cut', 'return'] as const;
/** A call has so many users in turn: what a node remembers of users has to fill up, and then stay. */
const USERS = 8;
const CALL_MS = 10_000;
const RETRY_MS = 1_000;

/** People who come, call and go in every way that there is, for hours. A unit is one call. */
export class ChurnLoad implements Load {
  private readonly tally: Tally;
  private isOver = false;
  private refused = 0;

  constructor(
    private readonly dialect: Dialect,
    private readonly options: ChurnOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {}

  start(): void {
    for (let i = 0; i < this.options.calls; i += 1) void this.keepCalling(i);
  }

  read = () => this.tally.read({ refused: this.refused });

  /** No further calls; those that are on come to their end. */
  async finish(): Promise<void> {
    this.isOver = true;
    await wait(this.options.maxMs + 2_000);
  }

  /** In hours a busy machine answers `unavailable` now and then: that call is over, and the next one begins. */
  private async keepCalling(queue: number): Promise<void> {
    for (let count = 0; !this.isOver; count += 1) {
      const since = performance.now();
      const peers: Peer[] = [];
      try {
        await this.call(queue, count, peers);
        this.tally.done(since);
      } catch {
        this.refused += 1;
        await wait(RETRY_MS);
      } finally {
        for (const { socket } of peers) socket.close();
      }
    }
  }

  private async call(queue: number, count: number, peers: Peer[]): Promise<void> {
    const ending = ENDINGS[Math.floor(Math.random() * ENDINGS.length)]!;
    const [a, b] = [this.person(queue, count, 0), this.person(queue, count, 1)];
    const room = `churn-${queue}`;
    const enter = async (who: Who, node: number): Promise<Peer> => {
      const { nodes } = this.options;
      const peer = await this.dialect.connect(nodes[node % nodes.length]!, who);
      peers.push(peer);
      return this.dialect.join(peer, room);
    };
    const callee = await enter(a, 0);
    const caller = await enter(b, 1);
    await within(
      CALL_MS,
      exchangeCall(this.dialect, caller, callee, () => {}),
    );
    await wait(Math.random() * this.options.maxMs);
    if (ending === 'cut') return;
    if (ending === 'return') caller.socket.close();
    const last = ending === 'return' ? await enter({ ...b, returns: 1 }, 0) : caller;
    await Promise.all([last, callee].map((peer) => this.dialect.leave(peer)));
  }

  private person(queue: number, count: number, side: number): Who {
    const { run, secret } = this.options;
    return { name: `${run}-${queue}-${count}-${side}`, user: `u${queue}-${count % USERS}-${side}`, secret };
  }
}

const within = async (ms: number, promise: Promise<void>): Promise<void> => {
  const controller = new AbortController();
  const late = wait(ms, undefined, { signal: controller.signal }).then(() => {
    throw new Error('a signal was lost');
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    controller.abort();
    late.catch(() => {});
  }
};
