import { BODIES } from '../bodies.js';
import type { Dialect, Peer } from '../dialect.js';
import { enterAll, type Guest } from '../enter.js';
import type { Load } from '../load.js';
import { textFrame } from '../raw-socket.js';
import { Tally } from '../tally.js';

export interface FanOutOptions {
  /** Clients of one room, of which the first sends. */
  readonly guests: readonly Guest[];
  /** Broadcasts in flight. */
  readonly window: number;
}

/** One client sends to a room. A unit is one broadcast that reached one other client. */
export class FanOutLoad implements Load {
  private readonly tally: Tally;
  private readonly sentAt: number[] = [];
  private speaker!: Peer;
  private frame!: Buffer;
  private arrived = 0;

  constructor(
    private readonly dialect: Dialect,
    private readonly options: FanOutOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {
    const { broadcast } = this.dialect;
    if (broadcast === undefined) throw new Error('this system has no broadcasts');
    const [speaker, ...others] = await enterAll(this.dialect, this.options.guests);
    if (speaker === undefined) throw new Error('the room has no sender');
    this.speaker = speaker;
    this.frame = textFrame(broadcast.text(speaker, BODIES.candidate));
    speaker.socket.onText = (bytes, start, end) => this.tally.look(bytes, start, end);
    for (const { socket } of others) {
      socket.onText = (bytes, start, end) => {
        if (broadcast.isOne(bytes, start, end)) this.reached(others.length);
      };
    }
  }

  start(): void {
    for (let i = 0; i < this.options.window; i += 1) this.speak();
  }

  read = () => this.tally.read();

  private speak(): void {
    this.sentAt.push(performance.now());
    this.speaker.socket.send(this.frame);
  }

  private reached(others: number): void {
    this.tally.done(this.sentAt[0] ?? 0);
    this.arrived += 1;
    if (this.arrived % others !== 0) return;
    this.sentAt.shift();
    this.speak();
  }
}
