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

/** A participant together with where it is: what a node keeps of each peer of a room it serves. */
export interface Member extends Participant {
  readonly node: NodeId;
  readonly connection: ConnectionId;
}

/** A room's members at one version. `epoch` is random and made anew whenever the room's data is. */
export interface Snapshot {
  readonly room: RoomId;
  readonly epoch: string;
  readonly version: number;
  readonly members: readonly Member[];
}

/** Like {@link RosterEvent}, with where the peer is now for those that attach it. */
export type MemberEvent =
  | { readonly event: 'joined'; readonly participant: Member }
  | { readonly event: 'back'; readonly peer: PeerId; readonly node: NodeId; readonly connection: ConnectionId }
  | Exclude<RosterEvent, { event: 'joined' } | { event: 'back' }>;

/** Changes of one room that were made together. They lead to `version`, one step for each event. */
export interface Change {
  readonly room: RoomId;
  readonly epoch: string;
  readonly version: number;
  readonly events: readonly MemberEvent[];
  /** Every node with a member in the room, before or after the change: each must be told. */
  readonly nodes: readonly NodeId[];
}

/** What makes a peer a member, or brings it back. */
export interface AttachRequest {
  readonly room: RoomId;
  readonly participant: Omit<Participant, 'state' | 'order'>;
  readonly node: NodeId;
  readonly connection: ConnectionId;
  /** The client's counter of connection attempts; a higher one fences a lower one. */
  readonly attempt: number;
  /** A new member beyond so many is refused; a returning one never is. */
  readonly capacity: number;
  /**
   * False when a node puts back what it holds: keep the stored meta if there is one.
   * True when the client itself said what its meta is.
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
  | { readonly kind: 'full' };

/** One attachment that a node has a live socket for. */
export interface HeldAttachment {
  readonly peer: PeerId;
  readonly connection: ConnectionId;
  readonly attempt: number;
}

/**
 * Who is in which room on which node. One room is one unit of atomicity; every operation is idempotent.
 * Deadlines are kept by the adapter's one clock (Redis's own TIME). Rejects with {@link PresenceUnavailable}
 * when the store cannot be asked; then the operation may or may not have been done.
 *
 * The caller tells the nodes of each returned {@link Change}; a change that nobody told is healed by
 * {@link reconcile}, which every node calls for each of its rooms every few seconds.
 */
export interface Presence {
  /** What it has done since it was made. */
  readonly stats: PresenceStats;

  attach(request: AttachRequest): Promise<AttachResult>;

  /** The peer lost its socket: `away`, if this connection still holds it. */
  detach(room: RoomId, peer: PeerId, connection: ConnectionId): Promise<Change | undefined>;

  /**
   * The peer is over: tombstone first, then gone from the roster.
   * @param attempt fences: a newer attachment than this is left alone. Absent: whatever holds it ends.
   */
  leave(room: RoomId, peer: PeerId, reason: LeftReason, attempt?: number): Promise<Change | undefined>;

  /** Replaces the participant's data, if this connection holds it. Undefined: it does not. */
  update(room: RoomId, peer: PeerId, connection: ConnectionId, meta: Meta): Promise<Change | undefined>;

  /** How many members the room has, those that are `away` too: without reading them. */
  count(room: RoomId): Promise<number>;

  /** The room now; an empty room has an epoch of the empty string and version 0. */
  snapshot(room: RoomId): Promise<Snapshot>;

  /** Ends every member of the room (it was closed), each with a tombstone. */
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

  /** Prolongs the node's lease. `dead`: others have given it up; it must take a new id. */
  renew(node: NodeId): Promise<'alive' | 'dead'>;

  /** Ends the node's lease at once: an orderly shutdown, its members become `away`. */
  retire(node: NodeId): Promise<readonly Change[]>;

  /** The nodes with a lease. */
  nodes(): Promise<readonly NodeId[]>;

  /**
   * One tick of the reaper: members of nodes without a lease become `away`, members `away` beyond the resume
   * window are ended. Any number of nodes may tick at once.
   */
  sweep(): Promise<readonly Change[]>;

  /** Whether the store can be asked now. */
  readonly available: boolean;

  close(): Promise<void>;
}

/** The timers of presence, in milliseconds. RELIABILITY's table, and docs/architecture.md, say what must hold. */
export interface PresenceTimers {
  readonly leaseMs: number;
  readonly resumeWindowMs: number;
  readonly tombstoneMs: number;
  readonly reconcileGraceMs: number;
  /** How long a room's keys live without anybody renewing them. */
  readonly roomTtlMs: number;
}

export const PRESENCE_TIMERS: PresenceTimers = {
  leaseMs: 10_000,
  resumeWindowMs: 30_000,
  tombstoneMs: 600_000,
  reconcileGraceMs: 5_000,
  roomTtlMs: 660_000,
};

/** The store cannot be asked now. The operation may or may not have been done. */
export class PresenceUnavailable extends Error {
  override readonly name = 'PresenceUnavailable';
}
