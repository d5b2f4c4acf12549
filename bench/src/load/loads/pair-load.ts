import { CALL } from '../bodies.js';
import type { Dialect, Line, Peer } from '../dialect.js';
import { enterAll, type Guest } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface PairOptions {
  /** Pairs of clients that signal to each other. */
  readonly guests: readonly Guest[];
  /** Number of pairs that signal; the others are idle. */
  readonly active: number;
  /** Signals in flight in each direction. */
  readonly window: number;
}

/** One direction of a pair: each arrival triggers the next signal. Signals of one direction keep their order. */
class Way {
  private readonly sentAt: number[] = [];
  private sent = 0;

  constructor(
    private readonly line: Line,
    private readonly tally: Tally,
  ) {}

  send(): void {
    this.sentAt.push(performance.now());
    this.line.send(CALL[this.sent++ % CALL.length]!);
  }

  arrived(): void {
    this.tally.done(this.sentAt.shift() ?? 0);
    this.send();
  }
}

/** Pairs that signal in both directions as fast as the server allows. A unit is one signal that arrived. */
export class PairLoad implements Load {
  private readonly tally: Tally;
  private readonly ways: Way[] = [];
  private peers: Peer[] = [];

  constructor(
    private readonly dialect: Dialect,
    private readonly options: PairOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {
    this.peers = await enterAll(this.dialect, this.options.guests);
    for (const [i, { socket }] of this.peers.entries()) {
      socket.onClose = () => this.tally.fault('a socket was closed');
      if (i % 2 === 1 && i < 2 * this.options.active) this.connect(this.peers[i - 1]!, this.peers[i]!);
    }
  }

  start(): void {
    for (const way of this.ways) for (let i = 0; i < this.options.window; i += 1) way.send();
  }

  read = () => this.tally.read();

  private connect(a: Peer, b: Peer): void {
    const lines = [this.dialect.line(a, b), this.dialect.line(b, a)] as const;
    const [there, back] = [new Way(lines[0], this.tally), new Way(lines[1], this.tally)];
    this.ways.push(there, back);
    this.listen(a, lines[0], back);
    this.listen(b, lines[1], there);
  }

  private listen(peer: Peer, line: Line, incoming: Way): void {
    peer.socket.onText = (bytes, start, end) => {
      if (line.take(bytes, start, end)) incoming.arrived();
      else this.tally.look(bytes, start, end);
    };
  }
}
