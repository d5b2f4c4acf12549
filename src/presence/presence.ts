import type {
  ConnectionId,
  LeftReason,
  Meta,
  NodeId,
  Participant,
  PeerId,
  RoomId,
  RosterEvent,
} from '@parley/protocol';
import type { PresenceStats } from './presence.stats.js';

/** A participant with the node and connection that it is attached to, as nodes and the store keep it. */
export interface Member extends Participant {
  readonly node: NodeId;
  readonly connection: ConnectionId;
}

/** The roster of a room at one version. `epoch` is random, and a new one whenever the room's data is recreated. */
export interface Snapshot {
  readonly room: RoomId;
  readonly epoch: string;
  readonly version: number;
  readonly members: readonly Member[];
}

/** Like {@link RosterEvent}, with node and connection for the events that attach a peer. */
export type MemberEvent =
  | { readonly event: 'joined'; readonly participant: Member }
  | { readonly event: 'back'; readonly peer: PeerId; readonly node: NodeId; readonly connection: ConnectionId }
  | Exclude<RosterEvent, { event: 'joined' } | { event: 'back' }>;

/** Changes of one room made in one step. They lead to `version`, which each event increments by one. */
export interface Change {
  readonly room: RoomId;
  readonly epoch: string;
  readonly version: number;
  readonly events: readonly MemberEvent[];
  /** Every node with a member in the room, before or after the change: each must be told. */
  readonly nodes: readonly NodeId[];
}

/** A request that attaches a peer to a room, for the first time or again. */
export interface AttachRequest {
  readonly room: RoomId;
  readonly participant: Omit<Participant, 'state' | 'order'>;
  readonly node: NodeId;
  readonly connection: ConnectionId;
  /** The client's counter of connection attempts; a higher one supersedes a lower one. */
  readonly attempt: number;
  /** The maximum number of peers in the room. It holds for new peers; a resuming one is never refused. */
  readonly capacity: number;
  /** The maximum number of peers of one user in the room, `away` ones included; likewise. Default: no limit. */
  readonly maxPeersPerUser?: number;
  /** The room is locked: a new peer needs another peer of its user in the room, on or `away`. Default: false. */
  readonly returningOnly?: boolean;
  /**
   * False when a node attaches its peer again: keep the stored meta, if there is one.
   * True when the client itself sent its meta.
   */
  readonly replaceMeta: boolean;
}

export type AttachResult =
  | {
      readonly kind: 'attached';
      /** True when the peer was a member already. */
      readonly resumed: boolean;
      readonly snapshot: Snapshot;
      /** Undefined when nothing changed that others can see. */
      readonly change: Change | undefined;
      /** The attachment that this one replaced: its node must drop that socket. */
      readonly replaced: { readonly node: NodeId; readonly connection: ConnectionId } | undefined;
    }
  /** The peer was ended: its id cannot attach for 10 minutes. */
  | { readonly kind: 'ended' }
  /** A newer attempt holds the peer. */
  | { readonly kind: 'superseded' }
  /** The room is locked, and the user has no peer in it. */
  | { readonly kind: 'locked' }
  /** The room is full, and no peer of the user in it is `away`. */
  | { readonly kind: 'full' }
  /** The user has too many peers in the room, and none of them is `away`. */
  | { readonly kind: 'user_full' };

/** One attachment that a node has a live socket for. */
export interface HeldAttachment {
  readonly peer: PeerId;
  readonly connection: ConnectionId;
  readonly attempt: number;
}

/**
 * Stores which peer is in which room on which node. Operations are atomic per room and idempotent. Deadlines follow the
 * adapter's own clock (Redis TIME). Each operation rejects with {@link PresenceUnavailable} when the store cannot be
 * reached; then it may or may not have been executed.
 *
 * The caller publishes each returned {@link Change} to its nodes. A change that was not published is repaired by
 * {@link reconcile}, which every node calls for each of its rooms every few seconds.
 */
export interface Presence {
  /** Counters since the start. */
  readonly stats: PresenceStats;

  /**
   * Attaches a peer. Whether a user returns is judged by user: when a limit would refuse a new peer, the user's peer that
   * has been `away` longest is ended with the reason `expired`, and the new one takes its place.
   */
  attach(request: AttachRequest): Promise<AttachResult>;

  /** Marks a peer that lost its socket as `away`, if this connection still holds it. */
  detach(room: RoomId, peer: PeerId, connection: ConnectionId): Promise<Change | undefined>;

  /**
   * Ends a peer: adds its tombstone, then removes it from the roster.
   * @param attempt a newer attachment than this is kept; absent: any attachment is ended
   */
  leave(room: RoomId, peer: PeerId, reason: LeftReason, attempt?: number): Promise<Change | undefined>;

  /** Replaces the participant's data, if this connection holds it. @returns undefined when it does not */
  update(room: RoomId, peer: PeerId, connection: ConnectionId, meta: Meta): Promise<Change | undefined>;

  /** Counts the peers of a room, also those that are `away`, without reading them. */
  count(room: RoomId): Promise<number>;

  /** Reads one peer of a room, without the others. @returns undefined when it is not in the room */
  find(room: RoomId, peer: PeerId): Promise<Member | undefined>;

  /** Reads a room; an empty room has an empty epoch and version 0. */
  snapshot(room: RoomId): Promise<Snapshot>;

  /** Ends every peer of a closed room, each with a tombstone. */
  clear(room: RoomId, reason: LeftReason): Promise<Change | undefined>;

  /**
   * Compares what a node holds with what is stored: members stored under this node whose connection is not
   * held, and are older than the grace of 5 s, become `away`; members `away` beyond the resume window are
   * ended. Renews the room's time to live.
   * @returns `lost`: held attachments that are not stored as such, to be attached again or dropped.
   */
  reconcile(
    room: RoomId,
    node: NodeId,
    held: readonly HeldAttachment[],
  ): Promise<{
    readonly epoch: string;
    readonly version: number;
    readonly lost: readonly PeerId[];
    readonly change: Change | undefined;
  }>;

  /** Renews the node's lease. @returns `dead` when it expired: the node must take a new id */
  renew(node: NodeId): Promise<'alive' | 'dead'>;

  /** Ends the node's lease at an orderly shutdown; its peers become `away`. */
  retire(node: NodeId): Promise<readonly Change[]>;

  /** Lists the nodes with a lease. */
  nodes(): Promise<readonly NodeId[]>;

  /**
   * Sweeps the rooms once: peers of nodes without a lease become `away`, and peers `away` beyond the resume window are
   * ended. Any number of nodes may sweep at once.
   */
  sweep(): Promise<readonly Change[]>;

  /** Whether the store can be reached now. */
  readonly available: boolean;

  close(): Promise<void>;
}

/** The timers of presence, in milliseconds. For their constraints see docs/architecture.md. */
export interface PresenceTimers {
  readonly leaseMs: number;
  readonly resumeWindowMs: number;
  readonly tombstoneMs: number;
  readonly reconcileGraceMs: number;
  /** The time to live of a room's keys when no node renews them. */
  readonly roomTtlMs: number;
}

export const PRESENCE_TIMERS: PresenceTimers = {
  leaseMs: 10_000,
  resumeWindowMs: 30_000,
  tombstoneMs: 600_000,
  reconcileGraceMs: 5_000,
  roomTtlMs: 660_000,
};

/** The store cannot be reached now. The operation may or may not have been executed. */
export class PresenceUnavailable extends Error {
  override readonly name = 'PresenceUnavailable';
}
