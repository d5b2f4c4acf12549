import { setTimeout as wait } from 'node:timers/promises';
import type { Dialect, Line, Peer } from '../dialect.js';
import type { Guest } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface FloodOptions {
  /** Two clients, of which the first floods the second. */
  readonly guests: readonly [Guest, Guest];
  readonly perSecond: number;
}

const TICK_MS = 5;
const RETRY_MS = 100;

/**
 * A client that sends a hundred times the allowed rate, and reconnects whenever it is disconnected. A unit is one sent
 * frame.
 */
export class FloodLoad implements Load {
  private readonly tally: Tally;
  private thrownOut = 0;

  constructor(
    private readonly dialect: Dialect,
    private readonly options: FloodOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {}

  start(): void {
    void this.flood();
  }

  read = () => this.tally.read({ thrownOut: this.thrownOut });

  private async flood(): Promise<void> {
    const [own, other] = this.options.guests;
    const target = await this.enter(other, 0);
    for (let returns = 0; ; returns += 1) {
      try {
        const flooder = await this.enter(own, returns);
        await this.pour(flooder, this.dialect.line(flooder, target));
      } catch {
        // The server may refuse to admit it again at once.
      }
      this.thrownOut += 1;
      await wait(RETRY_MS);
    }
  }

  private async enter({ at, who, room }: Guest, returns: number): Promise<Peer> {
    return this.dialect.join(await this.dialect.connect(at, { ...who, returns }), room);
  }

  private async pour({ socket }: Peer, line: Line): Promise<void> {
    let isOpen = true;
    socket.onClose = () => {
      isOpen = false;
    };
    while (isOpen) {
      for (let i = 0; isOpen && i < (this.options.perSecond * TICK_MS) / 1000; i += 1) {
        line.send('candidate');
        this.tally.units += 1;
      }
      await wait(TICK_MS);
    }
  }
}
