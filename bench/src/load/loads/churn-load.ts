import { setTimeout as wait } from 'node:timers/promises';
import { exchangeCall } from '../call.js';
import type { Address, Dialect, Peer, Who } from '../dialect.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface ChurnOptions {
  readonly nodes: readonly Address[];
  readonly secret: string;
  /** Prefix of the names in this run: a client that has left cannot return under the same name. */
  readonly run: string;
  /** Concurrent calls, each of which reuses its room. */
  readonly calls: number;
  /** Maximum duration of a call. */
  readonly maxMs: number;
}

/** How calls end: in order, by the loss of both sockets, or after one was lost and resumed on another node. */
const ENDINGS = ['leave', 'leave', 'cut', 'return'] as const;
/** Users per call slot, in turn: the nodes' caches of users must fill up, then keep their size. */
const USERS = 8;
const CALL_MS = 10_000;
const RETRY_MS = 1_000;

/** Clients that join, call and leave in every way, for hours. A unit is one call. */
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

  /** Starts no more calls, and waits for the current ones. */
  async finish(): Promise<void> {
    this.isOver = true;
    await wait(this.options.maxMs + 2_000);
  }

  /** In hours, a busy machine sometimes answers `unavailable`: then the call ends, and the next one begins. */
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
