import { exchangeCall } from '../call.js';
import type { Dialect, Peer } from '../dialect.js';
import { type Guest, inTurns } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface CallOptions {
  /** Pairs of clients, each of which calls repeatedly, each time in a new room. */
  readonly guests: readonly Guest[];
}

/** Complete calls, one after another: join, offer, answer, candidates, leave. A unit is one call. */
export class CallLoad implements Load {
  private readonly tally: Tally;
  private peers: Peer[] = [];

  constructor(
    private readonly dialect: Dialect,
    private readonly options: CallOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {
    this.peers = await inTurns(this.options.guests, 16, ({ at, who }) => this.dialect.connect(at, who));
  }

  start(): void {
    for (let i = 0; i + 1 < this.peers.length; i += 2) {
      this.keepCalling(this.peers[i]!, this.peers[i + 1]!, `call-${i}`).catch((error) =>
        this.tally.fault(String(error)),
      );
    }
  }

  read = () => this.tally.read();

  private async keepCalling(a: Peer, b: Peer, name: string): Promise<void> {
    for (let count = 1; ; count += 1) {
      const since = performance.now();
      await this.call(a, b, `${name}-${count}`);
      this.tally.done(since);
    }
  }

  private async call(a: Peer, b: Peer, room: string): Promise<void> {
    const callee = await this.dialect.join(a, room);
    const caller = await this.dialect.join(b, room);
    await exchangeCall(this.dialect, caller, callee, (...frame) => this.tally.look(...frame));
    await this.dialect.leave(caller);
    await this.dialect.leave(callee);
  }
}
