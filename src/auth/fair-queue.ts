import { ProtocolError } from '@parley/protocol';

/** Whom work is done for. */
export interface QueueOwner {
  /** The network of the client's address. */
  readonly network: string;
  /** The account that is logged in to; for other work, any text. */
  readonly account: string;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

/** Accounts in the order of their turns, each with its waiting calls. */
type Lane = Map<string, Waiting[]>;

const RETRY_MS = 1_000;

/**
 * Runs costly work with bounded concurrency and a bounded queue. Networks take turns, and within a network its
 * accounts: a flood from one address, or at one account, delays itself. When the queue is full, the network with the
 * most waiting calls loses its newest one, or the new call is refused.
 */
export class FairQueue {
  private running = 0;
  private count = 0;
  /** In the order of their turns. */
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /** Calls that wait. */
  get waiting(): number {
    return this.count;
  }

  /** @throws ProtocolError `unavailable` with a retry time when too many calls wait */
  async run<T>(owner: QueueOwner, work: () => Promise<T>): Promise<T> {
    if (this.running < this.maxRunning) this.running += 1;
    else await this.wait(owner);
    try {
      return await work();
    } finally {
      // A finished call hands its slot on, so that no later call can take it.
      const next = this.takeNext();
      if (next === undefined) this.running -= 1;
      else next.start();
    }
  }

  private wait(owner: QueueOwner): Promise<void> {
    if (this.count >= this.maxWaiting) this.makeRoomFor(owner.network);
    return new Promise<void>((start, refuse) => {
      const lane = this.lanes.get(owner.network) ?? new Map<string, Waiting[]>();
      const calls = lane.get(owner.account) ?? [];
      calls.push({ start, refuse });
      lane.set(owner.account, calls);
      this.lanes.set(owner.network, lane);
      this.count += 1;
    });
  }

  private takeNext(): Waiting | undefined {
    const [first] = this.lanes;
    if (first === undefined) return undefined;
    const [network, lane] = first;
    const [[account, calls]] = lane as unknown as [[string, Waiting[]]];
    const next = calls.shift();
    this.count -= 1;
    // To the end of the turns, or out when nothing is left.
    lane.delete(account);
    if (calls.length > 0) lane.set(account, calls);
    this.lanes.delete(network);
    if (lane.size > 0) this.lanes.set(network, lane);
    return next;
  }

  /** @throws ProtocolError `unavailable` when no other network has more calls waiting */
  private makeRoomFor(network: string): void {
    const [busiest, most] = [...this.lanes]
      .map(([name, lane]) => [name, sizeOf(lane)] as const)
      .reduce((one, other) => (other[1] > one[1] ? other : one), ['', 0] as const);
    const own = this.lanes.get(network);
    if (busiest === network || most <= (own === undefined ? 0 : sizeOf(own)) + 1) throw full();
    const lane = this.lanes.get(busiest) as Lane;
    const [account, calls] = [...lane].reduce((one, other) => (other[1].length > one[1].length ? other : one));
    calls.pop()?.refuse(full());
    this.count -= 1;
    if (calls.length === 0) lane.delete(account);
  }
}

const sizeOf = (lane: Lane): number => [...lane.values()].reduce((sum, { length }) => sum + length, 0);

const full = () => new ProtocolError('unavailable', undefined, { retryAfterMs: RETRY_MS });
