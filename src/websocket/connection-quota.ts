import { monotonic } from '../clock/monotonic.js';
import { networkOf } from '../http/client-address.js';
import { TokenBucket } from '../rate-limit/token-bucket.js';

/** Limits on the sockets of a node, per address and in total. */
export interface ConnectionLimits {
  readonly maxPerAddress: number;
  readonly maxUnauthenticatedPerAddress: number;
  readonly maxUnauthenticated: number;
  readonly framesPerAddress: { readonly burst: number; readonly perSecond: number };
}

/** One socket's share of the connection quota, held until the socket is closed. */
export interface QuotaLease {
  /** The client's IP address, as reported by trusted proxies. */
  readonly address: string;
  /** The frame rate that all sockets of the address share. */
  readonly frames: TokenBucket;
  /** Marks the socket as authenticated: it no longer counts towards the limit of unauthenticated sockets. */
  authenticated(): void;
}

interface Count {
  readonly network: string;
  open: number;
  unauthenticated: number;
  readonly frames: TokenBucket;
}

/** The TCP socket that the quota counts, from the upgrade until it is closed. */
interface Countable {
  on(event: 'close', listener: (this: Countable) => void): unknown;
  [LEASE]?: CountedLease;
  [CONNECTION]?: CountedConnection;
}

/** A TCP connection that counts since it was opened. */
interface CountedConnection {
  readonly count: Count;
  readonly quota: ConnectionQuota;
  /** It is beyond the limit of its address. */
  readonly isExcess: boolean;
}

/** A field of the socket itself, which takes less memory per idle socket than a WeakMap (docs/performance.md). */
const LEASE: unique symbol = Symbol('quota lease');
const CONNECTION: unique symbol = Symbol('counted connection');

/** Connections of an address beyond its limit that are still answered 429. */
const MAX_EXCESS = 64;

class CountedLease implements QuotaLease {
  private isWaiting = true;

  constructor(
    readonly address: string,
    private readonly count: Count,
    private readonly quota: ConnectionQuota,
    /** Whether its connection counts without it. */
    private readonly isCounted: boolean,
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
    if (!this.isCounted) this.quota.onClosed(this.count);
  }
}

function onClose(this: Countable): void {
  this[LEASE]?.end();
}

function onDisconnect(this: Countable): void {
  const connection = this[CONNECTION];
  connection?.quota.onClosed(connection.count);
}

/**
 * Counts and limits the sockets of this node by address. An address at its limit does not affect others. An address is
 * forgotten with its last socket, so there are never more entries than open sockets.
 */
export class ConnectionQuota {
  private readonly counts = new Map<string, Count>();
  private waiting = 0;
  /** Refused upgrades since the start. */
  refused = 0;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly limits: ConnectionLimits,
    private readonly now: () => number = monotonic,
  ) {}

  /** Sockets that did not send `hello` yet. */
  get unauthenticated(): number {
    return this.waiting;
  }

  /** Addresses with a socket on this node. */
  get addresses(): number {
    return this.counts.size;
  }

  /**
   * Counts a TCP connection until it is closed, whatever it is used for.
   * @returns false when its address is so far beyond its limit that it must be closed without an answer
   */
  connect(socket: Countable, address: string): boolean {
    const network = networkOf(address);
    const count = this.counts.get(network) ?? this.newCount(network);
    if (count.open >= this.limits.maxPerAddress + MAX_EXCESS) {
      this.refused += 1;
      return false;
    }
    this.counts.set(network, count);
    count.open += 1;
    socket[CONNECTION] = { count, quota: this, isExcess: count.open > this.limits.maxPerAddress };
    socket.on('close', onDisconnect);
    return true;
  }

  /** Whether a connection is beyond the limit of its address. */
  isExcess(socket: Countable): boolean {
    return socket[CONNECTION]?.isExcess === true;
  }

  /** Counts a socket until it is closed. @returns the HTTP status of the refusal when a limit is reached */
  admit(socket: Countable, address: string): 429 | 503 | undefined {
    const network = networkOf(address);
    const count = this.counts.get(network) ?? this.newCount(network);
    const isCounted = socket[CONNECTION]?.count === count;
    const refusal = this.refusal(count, isCounted ? this.isExcess(socket) : count.open >= this.limits.maxPerAddress);
    if (refusal !== undefined) {
      this.refused += 1;
      return refusal;
    }
    this.counts.set(network, count);
    if (!isCounted) count.open += 1;
    count.unauthenticated += 1;
    this.waiting += 1;
    socket[LEASE] = new CountedLease(address, count, this, isCounted);
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

  private refusal(count: Count, isFull: boolean): 429 | 503 | undefined {
    const { maxUnauthenticatedPerAddress, maxUnauthenticated } = this.limits;
    if (isFull || count.unauthenticated >= maxUnauthenticatedPerAddress) return 429;
    return this.waiting >= maxUnauthenticated ? 503 : undefined;
  }
}
