import { setTimeout as wait } from 'node:timers/promises';
import type { Address, Dialect, Peer } from '../dialect.js';
import { enterAll, type Guest } from '../enter.js';
import type { Load } from '../load.js';
import { Tally } from '../tally.js';

export interface RecoveryOptions {
  readonly guests: readonly Guest[];
  /** The node that is killed. */
  readonly victim: Address;
  /** The node that its clients reconnect to. */
  readonly refuge: Address;
}

/** PROTOCOL.md §9: full jitter, from 0.3 s doubling to 5 s. */
const FIRST_MS = 300;
const CAP_MS = 5_000;

/**
 * Clients whose node is killed, and which reconnect to another node as the protocol says. A unit is one resumed client.
 */
export class RecoveryLoad implements Load {
  private readonly tally: Tally;
  private lost: Promise<Promise<void>>[] = [];

  constructor(
    private readonly dialect: Dialect,
    private readonly options: RecoveryOptions,
  ) {
    this.tally = new Tally(dialect);
  }

  async prepare(): Promise<void> {
    const { guests, victim } = this.options;
    const peers = await enterAll(this.dialect, guests);
    this.lost = peers.flatMap((peer, i) => (guests[i]?.at.port === victim.port ? [this.watch(peer, guests[i]!)] : []));
  }

  /** Resolves when all clients of the killed node have resumed. */
  async start(): Promise<void> {
    await Promise.all(this.lost.map((lost) => lost.then((back) => back)));
  }

  read = () => this.tally.read();

  /** Resolves when the socket is lost, with a function that reconnects. */
  private watch({ socket }: Peer, guest: Guest): Promise<Promise<void>> {
    return new Promise((resolve) => {
      socket.onClose = () => resolve(this.comeBack(guest));
    });
  }

  private async comeBack({ who, room }: Guest): Promise<void> {
    const since = performance.now();
    for (let tries = 0; ; tries += 1) {
      await wait(Math.random() * Math.min(CAP_MS, FIRST_MS * 2 ** tries));
      try {
        const peer = await this.dialect.connect(this.options.refuge, { ...who, returns: tries + 1 });
        await this.dialect.join(peer, room);
        return this.tally.done(since);
      } catch (error) {
        if (tries >= 20) throw error;
      }
    }
  }
}
