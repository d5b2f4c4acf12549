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
type AccountCalls = Map<string, Waiting[]>;

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
  private readonly networks = new Map<string, AccountCalls>();

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
      const accounts = this.networks.get(owner.network) ?? new Map<string, Waiting[]>();
      const calls = accounts.get(owner.account) ?? [];
      calls.push({ start, refuse });
      accounts.set(owner.account, calls);
      this.networks.set(owner.network, accounts);
      this.count += 1;
    });
  }

  private takeNext(): Waiting | undefined {
    const [first] = this.networks;
    if (first === undefined) return undefined;
    const [network, accounts] = first;
    const [[account, calls]] = accounts as unknown as [[string, Waiting[]]];
    const next = calls.shift();
    this.count -= 1;
    // To the end of the turns, or out when nothing is left.
    accounts.delete(account);
    if (calls.length > 0) accounts.set(account, calls);
    this.networks.delete(network);
    if (accounts.size > 0) this.networks.set(network, accounts);
    return next;
  }

  /** @throws ProtocolError `unavailable` when no other network has more calls waiting */
  private makeRoomFor(network: string): void {
    const [busiest, size] = [...this.networks]
      .map(([name, accounts]) => [name, sizeOf(accounts)] as const)
      .reduce((one, other) => (other[1] > one[1] ? other : one), ['', 0] as const);
    const own = this.networks.get(network);
    if (busiest === network || size <= (own === undefined ? 0 : sizeOf(own)) + 1) throw full();
    const accounts = this.networks.get(busiest) as AccountCalls;
    const [account, calls] = [...accounts].reduce((one, other) => (other[1].length > one[1].length ? other : one));
    calls.pop()?.refuse(full());
    this.count -= 1;
    if (calls.length === 0) accounts.delete(account);
  }
}

const sizeOf = (accounts: AccountCalls): number => [...accounts.values()].reduce((sum, { length }) => sum + length, 0);

const full = () => new ProtocolError('unavailable', undefined, { retryAfterMs: RETRY_MS });
