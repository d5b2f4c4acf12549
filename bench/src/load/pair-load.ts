import { Latency } from '../measure/latency.js';
import { CALL } from './bodies.js';
import type { Address, Dialect, Line, Peer } from './dialect.js';
import { enterAll } from './enter.js';
import type { Load, Reading } from './load.js';

export interface PairOptions {
  /** Where the two of a pair are: on one node, or on two. */
  readonly nodes: readonly Address[];
  readonly secret: string;
  readonly pairs: number;
  /** Signals that each of the two has on the way at any moment. */
  readonly window: number;
}

/** One way of a pair: what arrives lets the next one go. Signals of one way keep their order. */
class Way {
  private readonly sentAt: number[] = [];
  private sent = 0;

  constructor(
    private readonly line: Line,
    private readonly latency: Latency,
  ) {}

  send(): void {
    this.sentAt.push(performance.now());
    this.line.send(CALL[this.sent++ % CALL.length]!);
  }

  arrived(): void {
    this.latency.add(performance.now() - (this.sentAt.shift() ?? 0));
    this.send();
  }
}

/** Pairs that signal in both directions as fast as the server lets them. A unit is one signal that arrived. */
export class PairLoad implements Load {
  private readonly latency = new Latency();
  private readonly ways: Way[] = [];
  private peers: Peer[] = [];
  private units = 0;

  constructor(
    private readonly dialect: Dialect,
    private readonly options: PairOptions,
  ) {}

  async prepare(): Promise<void> {
    const { nodes, secret, pairs } = this.options;
    const rooms = Array.from({ length: pairs }, (_, i) => `pair-${i}`);
    const all = rooms.flatMap((room, i) =>
      [0, 1].map((side) => ({ at: nodes[side % nodes.length]!, who: { name: `p${i}-${side}`, room, secret } })),
    );
    this.peers = await enterAll(this.dialect, all);
    for (let i = 0; i < pairs; i += 1) this.connect(this.peers[2 * i]!, this.peers[2 * i + 1]!);
  }

  start(): void {
    for (const way of this.ways) for (let i = 0; i < this.options.window; i += 1) way.send();
  }

  read(): Reading {
    const reading = { units: this.units, p50: this.latency.quantile(0.5), p99: this.latency.quantile(0.99) };
    this.latency.reset();
    return reading;
  }

  stop(): void {
    for (const { socket } of this.peers) socket.close();
  }

  private connect(a: Peer, b: Peer): void {
    const lines = [this.dialect.line(a, b), this.dialect.line(b, a)] as const;
    const [there, back] = [new Way(lines[0], this.latency), new Way(lines[1], this.latency)];
    this.ways.push(there, back);
    this.listen(a, lines[0], back);
    this.listen(b, lines[1], there);
  }

  private listen(peer: Peer, line: Line, incoming: Way): void {
    peer.socket.onText = (bytes, start, end) => {
      if (!line.take(bytes, start, end)) return;
      this.units += 1;
      incoming.arrived();
    };
  }
}
