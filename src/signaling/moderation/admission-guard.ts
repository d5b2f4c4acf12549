import { type LeftReason, type PeerId, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import type { ClusterEvent } from '../../bus/bus.js';
import type { AttachResult } from '../../presence/presence.js';
import { RECENT_REMOVAL_MS, type RemovalCache } from './removal-cache.js';

/** Operations in flight; one more is refused as `unavailable`. A socket has one, and one for each room to attach again. */
export const MAX_PENDING_ADMISSIONS = 100_000;
/** How often an answer may be outdated before the operation is refused as `unavailable`. */
const MAX_ADMISSIONS = 8;
const RETRY_MS = 1_000;

/** What a cluster event said about an operation in flight. `stale`: ask again; the others end it. */
type Mark = 'none' | 'stale' | 'removed' | 'closed';

interface PendingAdmission {
  /** Undefined: a `hello`, which enters no room and whose user is not known yet. */
  readonly room: RoomId | undefined;
  readonly user: UserId | undefined;
  readonly peer: PeerId | undefined;
  mark: Mark;
}

type PendingJoin = PendingAdmission & { readonly room: RoomId; readonly user: UserId; readonly peer: PeerId };

/** The steps of a join, in order. */
export interface JoinSteps<Admission> {
  /**
   * Asks whether the user may join; again when the answer is outdated.
   * @returns undefined when the user waits in the lobby, or is gone
   */
  admit(): Promise<Admission | undefined>;
  /** Attaches the peer in the store; again when it was attached with an outdated admission. */
  attach(admission: Admission): Promise<void>;
  /**
   * Reverts `attach`, which may have failed with this error.
   * @param reason `left`: the join is refused, and what it changed in the store is to be reverted too; otherwise the
   * guard ends the peer there
   * @returns whether the peer was attached in the store
   */
  undo(error: unknown, reason: LeftReason): Promise<boolean>;
  /** Answers the client. The last check was made just before, in the same turn. */
  accept(): Promise<void>;
}

/** The steps that attach a peer again which is in the room already. */
export interface ReattachSteps {
  /** Reads the role and permissions again. @returns false when they are the same, so that nothing is to be attached */
  readonly admit?: () => Promise<boolean>;
  readonly attach: () => Promise<AttachResult>;
  /** Publishes the change of an attach that is undone. */
  readonly undo: (result: Extract<AttachResult, { kind: 'attached' }>) => void;
}

/** Ends a peer in the store, now or as soon as the store is available. */
export type RemovePeer = (room: RoomId, peer: PeerId, reason: LeftReason) => Promise<void>;

const ENDED: AttachResult = { kind: 'ended' };

/**
 * Guards every operation that admits a user and then attaches a peer, so that its result does not outlive a removal, a
 * ban, a lock, a demotion or the end of the room that happens meanwhile (docs/adr/0018-one-admission-guard.md).
 */
export class AdmissionGuard {
  private readonly pending = new Set<PendingAdmission>();

  constructor(
    private readonly removals: RemovalCache,
    private readonly removePeer: RemovePeer,
    private readonly wallClock: () => number,
  ) {}

  /** Operations in flight. */
  get size(): number {
    return this.pending.size;
  }

  /** Cached removals, ended peers and ended rooms. */
  get cacheEntries(): number {
    return this.removals.size;
  }

  /**
   * Takes note of a cluster event: marks the operations in flight that it concerns, and caches removals.
   * @returns false when it is a removal that was noted before
   */
  note(event: ClusterEvent): boolean {
    switch (event.fact) {
      case 'user_removed':
        if (!this.removals.record(event.room, event.user, event.at, event.peers)) return false;
        // Of an older one the policy decides, by the token: the user may have returned.
        this.mark(
          this.isRecent(event.at) ? 'removed' : 'stale',
          (one) => one.room === event.room && one.user === event.user,
        );
        break;
      case 'user_revoked':
        if (!this.removals.record(undefined, event.user, event.before)) return false;
        this.mark('removed', ({ user }) => user === event.user);
        // The token may be that user's.
        this.mark('stale', ({ user }) => user === undefined);
        break;
      case 'room_closed':
        this.removals.endRoom(event.room);
        this.mark('closed', ({ room }) => room === event.room);
        break;
      case 'member_changed':
        this.mark('stale', ({ room, user }) => room === event.room && user === event.user);
        break;
      case 'room_changed':
        this.mark('stale', ({ room }) => room === event.room);
        break;
    }
    return true;
  }

  /** Takes note that a peer ended: its id must not be attached again, also by a store that lost its tombstones. */
  end(peer: PeerId): void {
    this.removals.endPeer(peer);
  }

  isEnded(peer: PeerId): boolean {
    return this.removals.isPeerEnded(peer);
  }

  /**
   * Authenticates a socket, again when a user was revoked meanwhile, and then calls `accept` in the same turn.
   * @throws ProtocolError `unavailable`, and what `verify` and `accept` throw
   */
  async authenticate<Verified>(
    verify: () => Promise<Verified | undefined>,
    accept: (verified: Verified) => void,
  ): Promise<void> {
    const entry = this.open({ room: undefined, user: undefined, peer: undefined });
    try {
      const verified = await this.admitted(entry, verify);
      if (verified !== undefined) accept(verified);
    } finally {
      this.pending.delete(entry);
    }
  }

  /**
   * Joins a peer to a room: admit, check, attach, check, accept.
   * @throws ProtocolError `removed`, `room_not_found`, `session_ended`, `unavailable`, and what the steps throw
   */
  async enter<Admission>(room: RoomId, user: UserId, peer: PeerId, steps: JoinSteps<Admission>): Promise<void> {
    const entry = this.open<PendingJoin>({ room, user, peer });
    try {
      const admission = await this.admitted(entry, () => steps.admit());
      if (admission === undefined) return;
      await this.attached(entry, admission, steps);
      await steps.accept();
    } finally {
      this.pending.delete(entry);
    }
  }

  /**
   * Attaches a peer again that is in the room already: its stored entry is missing, or its permissions changed.
   * @returns `ended` when it must not stay; undefined when nothing was to be attached
   * @throws ProtocolError `removed`, `room_not_found`, `unavailable`, and what the steps throw
   */
  async reattach(
    room: RoomId,
    user: UserId,
    peer: PeerId,
    { admit, attach, undo }: ReattachSteps,
  ): Promise<AttachResult | undefined> {
    const entry = this.open<PendingJoin>({ room, user, peer });
    try {
      if (admit !== undefined && !(await this.admitted(entry, admit))) return undefined;
      if (this.isOut(entry)) return ENDED;
      const result = await attach();
      if (result.kind !== 'attached' || !this.isOut(entry)) return result;
      undo(result);
      this.end(peer);
      await this.removePeer(room, peer, reasonOf(entry));
      return ENDED;
    } finally {
      this.pending.delete(entry);
    }
  }

  private async admitted<Answer>(entry: PendingAdmission, admit: () => Promise<Answer>): Promise<Answer> {
    for (let asked = 0; asked < MAX_ADMISSIONS; asked += 1) {
      if (entry.mark === 'stale') entry.mark = 'none';
      // Before it is asked, too: an admission may create the room.
      refuseIfMarked(entry);
      const answer = await admit();
      // The client has its answer already: it waits, or is gone.
      if (answer === undefined) return answer;
      refuseIfMarked(entry);
      if (entry.mark === 'none') return answer;
    }
    throw unavailable();
  }

  private async attached<Admission>(entry: PendingJoin, first: Admission, steps: JoinSteps<Admission>): Promise<void> {
    let admission: Admission | undefined = first;
    try {
      for (let attached = 0; admission !== undefined; attached += 1) {
        if (attached >= MAX_ADMISSIONS) throw unavailable();
        this.refuseIfOut(entry);
        await steps.attach(admission);
        this.refuseIfOut(entry);
        admission = entry.mark === 'stale' ? await this.admitted(entry, () => steps.admit()) : undefined;
      }
    } catch (error) {
      await this.undo(entry, error, steps);
      throw error;
    }
  }

  private async undo(entry: PendingJoin, error: unknown, steps: Pick<JoinSteps<unknown>, 'undo'>): Promise<void> {
    const reason = this.isOut(entry) ? reasonOf(entry) : 'left';
    const wasAttached = await steps.undo(error, reason);
    if (!wasAttached || reason === 'left') return;
    this.end(entry.peer);
    await this.removePeer(entry.room, entry.peer, reason);
  }

  private refuseIfOut(entry: PendingAdmission): void {
    if (entry.mark === 'closed') throw new ProtocolError('room_not_found');
    if (this.isOut(entry)) throw new ProtocolError('session_ended');
  }

  private isOut({ mark, peer }: PendingAdmission): boolean {
    return mark === 'removed' || mark === 'closed' || (peer !== undefined && this.removals.isPeerEnded(peer));
  }

  private isRecent(at: number): boolean {
    return this.wallClock() - at < RECENT_REMOVAL_MS;
  }

  private mark(mark: Exclude<Mark, 'none'>, concerns: (entry: PendingAdmission) => boolean): void {
    for (const entry of this.pending) {
      const isFinal = entry.mark === 'removed' || entry.mark === 'closed';
      if (!isFinal && concerns(entry)) entry.mark = mark;
    }
  }

  private open<Entry extends PendingAdmission>(operation: Omit<Entry, 'mark'>): Entry {
    if (this.pending.size >= MAX_PENDING_ADMISSIONS) throw unavailable();
    const { room, user, peer } = operation;
    const mark = room !== undefined && this.removals.isRoomEnded(room) ? 'closed' : 'none';
    const entry = { room, user, peer, mark } as Entry;
    this.pending.add(entry);
    return entry;
  }
}

const refuseIfMarked = ({ mark }: PendingAdmission): void => {
  if (mark === 'removed') throw new ProtocolError('removed');
  if (mark === 'closed') throw new ProtocolError('room_not_found');
};

const reasonOf = ({ mark }: PendingAdmission): LeftReason => (mark === 'closed' ? 'room_closed' : 'removed');

const unavailable = (): ProtocolError => new ProtocolError('unavailable', undefined, { retryAfterMs: RETRY_MS });
