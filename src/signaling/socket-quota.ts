import { networkOf } from '../http/client-address.js';
import { TokenBucket } from './token-bucket.js';

/** How many sockets a node takes. */
export interface SocketLimits {
  readonly mostPerAddress: number;
  readonly mostUnauthenticatedPerAddress: number;
  readonly mostUnauthenticated: number;
  readonly framesPerAddress: { readonly burst: number; readonly perSecond: number };
}

/** One socket's place in the count. */
export interface SocketTicket {
  /** The client's own, as far as trusted proxies show it. */
  readonly address: string;
  /** What all sockets of the address share. */
  readonly frames: TokenBucket;
  /** It has said hello: it counts as its user's from now on. */
  authenticated(): void;
}

interface Count {
  open: number;
  unauthenticated: number;
  readonly frames: TokenBucket;
}

/** What a quota counts sockets by: the TCP socket, from the upgrade until it is closed. */
interface Countable {
  once(event: 'close', listener: () => void): unknown;
}

/**
 * The sockets of this node by address. An address that is at its limit is refused alone: others are let in.
 * An address is forgotten with its last socket, so that no more are remembered than sockets are open.
 */
export class SocketQuota {
  private readonly counts = new Map<string, Count>();
  private readonly tickets = new WeakMap<object, SocketTicket>();
  private waiting = 0;
  /** Upgrades that were refused. */
  refused = 0;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly limits: SocketLimits,
    private readonly now: () => number = () => performance.now(),
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
    const count = this.counts.get(network) ?? this.newCount();
    const refusal = this.refusal(count);
    if (refusal !== undefined) {
      this.refused += 1;
      return refusal;
    }
    this.counts.set(network, count);
    count.open += 1;
    count.unauthenticated += 1;
    this.waiting += 1;
    let isWaiting = true;
    const authenticated = (): void => {
      if (!isWaiting) return;
      isWaiting = false;
      count.unauthenticated -= 1;
      this.waiting -= 1;
    };
    this.tickets.set(socket, { address, authenticated, frames: count.frames });
    socket.once('close', () => {
      authenticated();
      count.open -= 1;
      if (count.open === 0) this.counts.delete(network);
    });
    return undefined;
  }

  ticketOf(socket: object): SocketTicket | undefined {
    return this.tickets.get(socket);
  }

  private newCount(): Count {
    const { burst, perSecond } = this.limits.framesPerAddress;
    return { open: 0, unauthenticated: 0, frames: new TokenBucket(burst, perSecond, this.now()) };
  }

  private refusal(count: Count): 429 | 503 | undefined {
    const { mostPerAddress, mostUnauthenticatedPerAddress, mostUnauthenticated } = this.limits;
    if (count.open >= mostPerAddress || count.unauthenticated >= mostUnauthenticatedPerAddress) return 429;
    return this.waiting >= mostUnauthenticated ? 503 : undefined;
  }
}
