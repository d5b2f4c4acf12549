import type { NodeId } from '@parley/protocol';

/** A name that clients choose, unique within its tenant. Any text; the caller bounds its length. */
export interface NameKey {
  readonly tenant: string;
  readonly name: string;
}

/** One text for a name. */
export const idOf = ({ tenant, name }: NameKey): string => JSON.stringify([tenant, name]);

/** The socket that has a name. */
export interface SocketLocation {
  readonly node: NodeId;
  /** Random, of one socket in all the cluster. */
  readonly connection: string;
}

export interface Claim extends SocketLocation {
  /** What shows that two claims are of one owner. Never the secret itself: a hash of it. */
  readonly proof: string;
}

/** A message for a name that nobody had when it came. */
export interface QueuedMessage {
  /** The sender's connection: its messages to a name are withdrawn together. */
  readonly from: string;
  readonly body: string;
}

export type ClaimResult =
  /** The name is ours, with what waited for it, oldest first. `replaced`: the same owner's place before. */
  | {
      readonly kind: 'claimed';
      readonly messages: readonly QueuedMessage[];
      readonly replaced: SocketLocation | undefined;
    }
  | { readonly kind: 'taken'; readonly node: NodeId };

export type RouteResult =
  | ({ readonly kind: 'held' } & SocketLocation)
  /** Nobody has the name; the message waits for the next claim. */
  | { readonly kind: 'queued' }
  /** Nobody has the name, and no more messages are taken for it. */
  | { readonly kind: 'full' };

/**
 * Names of the cluster: who has which, and what waits for those that nobody has. Each call is one atomic step on one name.
 * Every call rejects with {@link NamesUnavailable} when the store cannot be asked.
 */
export interface Names {
  /**
   * Free, or held by the same owner, or by a node that is `gone`: takes it, with all its messages.
   * Held by this very connection: the same again, which is harmless.
   */
  claim(key: NameKey, claim: Claim, gone?: NodeId): Promise<ClaimResult>;

  /** Puts back what may have been forgotten, and lets it live on; `taken` also when the same owner is elsewhere now. */
  renew(key: NameKey, claim: Claim): Promise<ClaimResult>;

  /** Frees the name, if this connection still has it. @returns whether it had */
  release(key: NameKey, connection: string): Promise<boolean>;

  /**
   * Says where the holder is, or keeps the message.
   * @param max messages that may wait for the name with this one; 0 keeps none
   * @param gone a node that died: what it holds counts as absent
   */
  route(key: NameKey, message: QueuedMessage, max: number, gone?: NodeId): Promise<RouteResult>;

  /** Takes the messages of a sender back that nobody has got. @returns how many there were */
  withdraw(key: NameKey, from: string): Promise<number>;

  readonly available: boolean;
}

/** The store of names cannot be asked now. */
export class NamesUnavailable extends Error {
  override readonly name = 'NamesUnavailable';
}

/** Milliseconds. */
export interface NameTimers {
  /** A name that nobody renews is forgotten. Longer than a few renewals: a dead node is known by its own lease. */
  readonly nameTtlMs: number;
  readonly renewMs: number;
  /** How long a message waits before its sender is told that nobody came. */
  readonly expireMs: number;
}

export const NAME_TIMERS: NameTimers = { nameTtlMs: 60_000, renewMs: 15_000, expireMs: 5_000 };
