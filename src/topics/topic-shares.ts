import { networkOf } from '../http/client-address.js';

/** Who the topics of a client count for, beside the client itself. */
export interface TopicOwner {
  /** An IP address; those of one IPv6 network (/64) count together. */
  readonly address?: string | undefined;
  readonly user?: string | undefined;
}

/** Replaces the address by its network. */
export const networkOwner = ({ address, user }: TopicOwner): TopicOwner => ({
  address: address === undefined ? undefined : networkOf(address),
  user,
});

/** The share of a node's topics that one address, and one user, may have. */
export interface ShareLimits {
  readonly maxTopicsPerAddress: number;
  readonly maxTopicsPerUser: number;
  readonly maxBytes: number;
}

interface Share {
  topics: number;
  bytes: number;
}

/** The part of the node's memory for topics that one address or user may use: a quarter. */
export const SHARE_OF_BYTES = 1 / 4;

/** Counts subscriptions and bytes per address and per user. An owner is forgotten with its last byte. */
export class TopicShares {
  private readonly shares = new Map<string, Share>();

  constructor(private readonly limits: ShareLimits) {}

  /** Addresses and users with a share. */
  get size(): number {
    return this.shares.size;
  }

  /** Whether the owner, of {@link networkOwner}, may have this number more. */
  allows(owner: TopicOwner, topics: number, bytes: number): boolean {
    const { maxTopicsPerAddress, maxTopicsPerUser, maxBytes } = this.limits;
    return keysOf(owner).every((key, kind) => {
      const share = (key !== undefined && this.shares.get(key)) || NOTHING;
      const max = kind === ADDRESS ? maxTopicsPerAddress : maxTopicsPerUser;
      return key === undefined || (share.topics + topics <= max && share.bytes + bytes <= maxBytes);
    });
  }

  /** Counts subscriptions and bytes; negative ones end. */
  add(owner: TopicOwner, topics: number, bytes: number): void {
    for (const key of keysOf(owner)) {
      if (key === undefined) continue;
      const share = this.shares.get(key) ?? { topics: 0, bytes: 0 };
      share.topics += topics;
      share.bytes += bytes;
      if (share.topics === 0 && share.bytes === 0) this.shares.delete(key);
      else this.shares.set(key, share);
    }
  }
}

/** Where {@link keysOf} has the address's key; the user's follows. */
const ADDRESS = 0;
const NOTHING: Readonly<Share> = { topics: 0, bytes: 0 };

/** The address's key, then the user's. */
const keysOf = ({ address, user }: TopicOwner): readonly (string | undefined)[] => [
  address === undefined ? undefined : `address ${address}`,
  user === undefined ? undefined : `user ${user}`,
];
