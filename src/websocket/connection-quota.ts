import { monotonic } from '../clock/monotonic.js';
import { networkOf } from '../http/client-address.js';
import { TokenBucket } from '../rate-limit/token-bucket.js';

/** How many sockets a node takes. */
export interface ConnectionLimits {
  readonly maxPerAddress: number;
  readonly maxUnauthenticatedPerAddress: number;
  readonly maxUnauthenticated: number;
  readonly framesPerAddress: { readonly burst: number; readonly perSecond: number };
}

/** One socket's place in the count. */
export interface QuotaLease {
  /** The client's own, as far as trusted proxies show it. */
  readonly address: string;
  /** What all sockets of the address share. */
  readonly frames: TokenBucket;
  /** It has said hello: it counts as its user's from now on. */
  authenticated(): void;
}

interface Count {
  readonly network: string;
  open: number;
  unauthenticated: number;
  readonly frames: TokenBucket;
}

/** What a quota counts sockets by: the TCP socket, from the upgrade until it is closed. */
interface Countable {
  on(event: 'close', listener: (this: Countable) => void): unknown;
  [LEASE]?: CountedLease;
}

/** A field of the socket itself: a WeakMap and closures for each of them were a third of a KiB of an idle one. */
const LEASE: unique symbol = Symbol('ticket');

class CountedLease implements QuotaLease {
  private isWaiting = true;

  constructor(
    readonly address: string,
    private readonly count: Count,
    private readonly quota: ConnectionQuota,
  ) {}

  get frames(): TokenBucket {
    return this.count.frames;
  }

  authenticated(): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.quota.onAuthenticated(this.count);
  }

  end(): void {
    this.authenticated();
    this.quota.onClosed(this.count);
  }
}

function onClose(this: Countable): void {
  this[LEASE]?.end();
}

/**
 * The sockets of this node by address. An address that is at its limit is refused alone: others are let in.
 * An address is forgotten with its last socket, so that no more are remembered than sockets are open.
 */
export class ConnectionQuota {
  private readonly counts = new Map<string, Count>();
  private waiting = 0;
  /** Upgrades that were refused. */
  refused = 0;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly limits: ConnectionLimits,
    private readonly now: () => number = monotonic,
  ) {}

  /** Sockets that have not said hello. */
  get unauthenticated(): number {
    return this.waiting;
  }

  /** Addresses that have a socket here. */
  get addresses(): number {
    return this.counts.size;
  }

  /** Counts a socket until it is closed. @returns the status of the refusal when there are too many */
  admit(socket: Countable, address: string): 429 | 503 | undefined {
    const network = networkOf(address);
    const count = this.counts.get(network) ?? this.newCount(network);
    const refusal = this.refusal(count);
    if (refusal !== undefined) {
      this.refused += 1;
      return refusal;
    }
    this.counts.set(network, count);
    count.open += 1;
    count.unauthenticated += 1;
    this.waiting += 1;
    socket[LEASE] = new CountedLease(address, count, this);
    socket.on('close', onClose);
    return undefined;
  }

  /** @internal */
  onAuthenticated(count: Count): void {
    count.unauthenticated -= 1;
    this.waiting -= 1;
  }

  /** @internal */
  onClosed(count: Count): void {
    count.open -= 1;
    if (count.open === 0) this.counts.delete(count.network);
  }

  leaseOf(socket: Countable): QuotaLease | undefined {
    return socket[LEASE];
  }

  private newCount(network: string): Count {
    const { burst, perSecond } = this.limits.framesPerAddress;
    return { network, open: 0, unauthenticated: 0, frames: new TokenBucket(burst, perSecond, this.now()) };
  }

  private refusal(count: Count): 429 | 503 | undefined {
    const { maxPerAddress, maxUnauthenticatedPerAddress, maxUnauthenticated } = this.limits;
    if (count.open >= maxPerAddress || count.unauthenticated >= maxUnauthenticatedPerAddress) return 429;
    return this.waiting >= maxUnauthenticated ? 503 : undefined;
  }
}
