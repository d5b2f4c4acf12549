import { CALL } from '../bodies.js';
import type { Dialect, Line, Peer } from '../dialect.js';
import { enterAll, type Guest } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface FixedRateOptions {
  /** Pairs of clients. */
  readonly guests: readonly Guest[];
  /** Signals per second of each pair. */
  readonly perSecond: number;
}

/**
 * Pairs that signal at a fixed rate, even if the server falls behind: the latency that users notice. A unit is one
 * signal that arrived.
 */
export class FixedRateLoad implements Load {
  private readonly tally: Tally;
  private readonly ways: { readonly line: Line; readonly sentAt: number[] }[] = [];

  constructor(
    private readonly dialect: Dialect,
    private readonly options: FixedRateOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {
    const peers = await enterAll(this.dialect, this.options.guests);
    for (let i = 0; i + 1 < peers.length; i += 2) this.connect(peers[i]!, peers[i + 1]!);
  }

  start(): void {
    const everyMs = 1000 / this.options.perSecond;
    for (const [i, way] of this.ways.entries()) {
      let sent = 0;
      const send = () => {
        way.sentAt.push(performance.now());
        way.line.send(CALL[sent++ % CALL.length]!);
      };
      setTimeout(() => setInterval(send, everyMs), (i / this.ways.length) * everyMs);
    }
  }

  /** Signals in flight count too; otherwise a server that stalls would look fast by what it does not deliver. */
  read = () => {
    for (const { sentAt } of this.ways) for (const since of sentAt) this.tally.waits(since);
    return this.tally.read();
  };

  private connect(a: Peer, b: Peer): void {
    const line = this.dialect.line(a, b);
    const back = this.dialect.line(b, a);
    const sentAt: number[] = [];
    this.ways.push({ line, sentAt });
    b.socket.onText = (bytes, start, end) => {
      if (back.take(bytes, start, end)) this.tally.done(sentAt.shift() ?? 0);
      else this.tally.look(bytes, start, end);
    };
  }
}
