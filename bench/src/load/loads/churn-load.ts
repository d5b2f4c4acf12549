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
  readonly mostMs: number;
}

/** How calls end: as they should, by two sockets that are cut, or after one was cut and came back on another node. */
const ENDINGS = ['leave', 'leave', 'cut', 'return'] as const;
/** A call has so many users in turn: what a node remembers of users has to fill up, and then stay. */
const USERS = 8;

/** People who come, call and go in every way that there is, for hours. A unit is one call. */
export class ChurnLoad implements Load {
  private readonly tally: Tally;
  private isOver = false;

  constructor(
    private readonly dialect: Dialect,
    private readonly options: ChurnOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {}

  start(): void {
    for (let i = 0; i < this.options.calls; i += 1) {
      this.keepCalling(i).catch((error) => this.tally.fault(String(error)));
    }
  }

  read = () => this.tally.read();

  /** No further calls; those that are on come to their end. */
  async finish(): Promise<void> {
    this.isOver = true;
    await wait(this.options.mostMs + 2_000);
  }

  private async keepCalling(lane: number): Promise<void> {
    for (let count = 0; !this.isOver; count += 1) {
      const since = performance.now();
      const ending = ENDINGS[Math.floor(Math.random() * ENDINGS.length)]!;
      await this.call(lane, count, ending);
      this.tally.done(since);
    }
  }

  private async call(lane: number, count: number, ending: (typeof ENDINGS)[number]): Promise<void> {
    const [a, b] = [this.person(lane, count, 0), this.person(lane, count, 1)];
    const room = `churn-${lane}`;
    const callee = await this.enter(a, 0, room);
    const caller = await this.enter(b, 1, room);
    await exchangeCall(this.dialect, this.tally, caller, callee);
    await wait(Math.random() * this.options.mostMs);
    const last = ending === 'return' ? await this.comeBack(caller, b, room) : caller;
    if (ending !== 'cut') await Promise.all([last, callee].map((peer) => this.dialect.leave(peer)));
    for (const { socket } of [last, callee]) socket.close();
  }

  private person(lane: number, count: number, side: number): Who {
    const { run, secret } = this.options;
    return { name: `${run}-${lane}-${count}-${side}`, user: `u${lane}-${count % USERS}-${side}`, secret };
  }

  private async enter(who: Who, node: number, room: string): Promise<Peer> {
    const { nodes } = this.options;
    return this.dialect.join(await this.dialect.connect(nodes[node % nodes.length]!, who), room);
  }

  private async comeBack({ socket }: Peer, who: Who, room: string): Promise<Peer> {
    socket.close();
    return this.enter({ ...who, returns: 1 }, 0, room);
  }
}
