import type { Dialect } from '../dialect.js';
import { type Guest, inTurns } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface IdleOptions {
  readonly guests: readonly Guest[];
  /** False: they connect and authenticate, without a room. */
  readonly join: boolean;
}

const AT_ONCE = 32;

/** Idle clients. A unit is one client. */
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
