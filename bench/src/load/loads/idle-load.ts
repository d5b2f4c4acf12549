import type { Dialect } from '../dialect.js';
import { type Guest, inTurns } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface IdleOptions {
  readonly guests: readonly Guest[];
  /** False: they connect, authenticate, and are in no room. */
  readonly join: boolean;
}

const AT_ONCE = 32;

/** People who are there and do nothing. A unit is one of them. */
export class IdleLoad implements Load {
  private readonly tally: Tally;

  constructor(
    private readonly dialect: Dialect,
    private readonly options: IdleOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {}

  async start(): Promise<void> {
    await inTurns(this.options.guests, AT_ONCE, async ({ at, who, room }) => {
      const since = performance.now();
      const peer = await this.dialect.connect(at, who);
      if (this.options.join) await this.dialect.join(peer, room);
      peer.socket.onClose = () => this.tally.fault('an idle socket was closed');
      this.tally.done(since);
    });
  }

  read = () => this.tally.read();
}
