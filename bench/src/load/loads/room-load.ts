import type { Dialect, Peer } from '../dialect.js';
import { type Guest, inTurns } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface RoomOptions {
  /** Clients room by room; those of `rehearsal` join before the measurement. */
  readonly rehearsal: readonly Guest[];
  readonly guests: readonly Guest[];
  readonly atOnce: number;
}

/** Rooms that fill up with connected clients. A unit is one join. */
export class RoomLoad implements Load {
  private readonly tally: Tally;
  private readonly waiting: (readonly [Peer, string])[] = [];

  constructor(
    private readonly dialect: Dialect,
    private readonly options: RoomOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {
    const { rehearsal, guests, atOnce } = this.options;
    const connect = async ({ at, who, room }: Guest) => [await this.dialect.connect(at, who), room] as const;
    await this.fill(await inTurns(rehearsal, atOnce, connect), () => {});
    this.waiting.push(...(await inTurns(guests, atOnce, connect)));
    for (const [{ socket }] of this.waiting) socket.frames = 0;
  }

  start(): Promise<void> {
    return this.fill(this.waiting, (since) => this.tally.done(since));
  }

  /** Frames that all clients received meanwhile: the notifications of joins. */
  read = () => this.tally.read({ frames: this.waiting.reduce((sum, [{ socket }]) => sum + socket.frames, 0) });

  private async fill(all: readonly (readonly [Peer, string])[], done: (since: number) => void): Promise<void> {
    await inTurns(all, this.options.atOnce, async ([peer, room]) => {
      const since = performance.now();
      await this.dialect.join(peer, room);
      done(since);
    });
  }
}
