import type { Dialect } from '../dialect.js';
import { enterAll, type Guest, inTurns } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface StormOptions {
  /** They join and leave before the measurement, so that the rooms exist and the code is warm. */
  readonly first: readonly Guest[];
  /** They join and stay. */
  readonly guests: readonly Guest[];
  readonly atOnce: number;
  /** False: they only connect, and do not join. */
  readonly join: boolean;
}

/** Clients that connect, authenticate and join. A unit is one joined client. */
export class StormLoad implements Load {
  private readonly tally: Tally;

  constructor(
    private readonly dialect: Dialect,
    private readonly options: StormOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {
    await inTurns(await enterAll(this.dialect, this.options.first), this.options.atOnce, async (peer) => {
      await this.dialect.leave(peer);
      peer.socket.close();
    });
  }

  async start(): Promise<void> {
    const { guests, atOnce, join } = this.options;
    await inTurns(guests, atOnce, async ({ at, who, room }) => {
      const since = performance.now();
      const peer = await this.dialect.connect(at, who);
      if (join) await this.dialect.join(peer, room);
      this.tally.done(since);
    });
  }

  read = () => this.tally.read();
}
