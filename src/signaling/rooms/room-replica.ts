import type { Joined, NodeId, PeerId, RoomId, Roster, RosterEvent } from '@parley/protocol';
import type { Change, Member, MemberEvent, Snapshot } from '../../presence/presence.js';
import type { Session } from '../session/session.js';
import { RoomRoster, toParticipant } from './room-roster.js';

/** A local peer that receives the room's roster. */
export interface RosterSubscriber {
  readonly session: Session;
  /** The roster version that its client knows. */
  version: number;
}

/** The position of a roster: its epoch and its version within that epoch. */
export type Position = Pick<Snapshot, 'epoch' | 'version'>;

/** The position of a room without a roster: every other position is ahead of it. */
export const NOWHERE: Position = { epoch: '', version: 0 };

/** Whether the store has lost writes: it now returns an earlier version of the same epoch than it did before. */
export const isBehind = (now: Position, asked: Position): boolean =>
  now.epoch === asked.epoch && now.version < asked.version;

/** Roster events of this many milliseconds are sent as one frame, since a join to a large room concerns every peer. */
const NOTICE_MS = 10;
/** Changes that may wait for an earlier one; beyond it a snapshot is requested. */
export const MAX_EARLY_CHANGES = 256;

/**
 * This node's replica of one room: the roster at one version, its local peers, and the roster events still to be sent.
 * Owns at most one timer.
 */
export class RoomReplica {
  readonly local = new Map<PeerId, RosterSubscriber>();
  /** Joins in flight: the replica must be kept until they are done. */
  entering = 0;
  epoch = '';
  version = 0;
  private readonly roster = new RoomRoster();
  private readonly early = new Map<PeerId, Member>();
  private earlyVersion = 0;
  /** Keyed by the version that each follows. */
  private readonly earlyChanges = new Map<number, Change>();
  private waiting: RosterEvent[] = [];
  private notice: NodeJS.Timeout | undefined;

  constructor(readonly id: RoomId) {}

  get members(): ReadonlyMap<PeerId, Member> {
    return this.roster.members;
  }

  /** The nodes with a peer that is `on`. */
  get nodes(): Iterable<NodeId> {
    return this.roster.nodes;
  }

  /** Finds a peer in the roster, or in the snapshot of a join that is ahead of the roster. */
  find(peer: PeerId): Member | undefined {
    return this.members.get(peer) ?? this.early.get(peer);
  }

  /**
   * Applies a change in order of its version. Changes of two nodes may overtake each other, so an early one waits for
   * those before it.
   * @returns the events applied; `early`: the change waits; `gap`: request a snapshot, the epoch is another one or too
   * many changes wait
   */
  apply(change: Change): readonly MemberEvent[] | 'early' | 'gap' {
    if (change.epoch !== this.epoch) return 'gap';
    const applied: MemberEvent[] = [];
    for (let next: Change | undefined = change; next !== undefined; next = this.nextEarly()) {
      const missing = next.version - next.events.length - this.version;
      if (missing > 0) {
        if (this.earlyChanges.size >= MAX_EARLY_CHANGES) return 'gap';
        this.earlyChanges.set(next.version - next.events.length, next);
        return 'early';
      }
      const events = next.events.slice(-missing);
      if (next.version <= this.version) continue;
      for (const event of events) this.roster.apply(event);
      this.version = next.version;
      applied.push(...events);
    }
    if (applied.length > 0) {
      this.waiting.push(...applied.map(toRosterEvent));
      this.notice ??= setTimeout(() => this.notify(), NOTICE_MS);
    }
    if (this.version >= this.earlyVersion) this.early.clear();
    return applied;
  }

  /** Makes the peers of a snapshot that is ahead of the roster reachable before the events in between arrive. */
  learnEarly(snapshot: Snapshot): void {
    if (snapshot.epoch !== this.epoch || snapshot.version <= this.version) return;
    for (const member of snapshot.members) if (!this.members.has(member.peer)) this.early.set(member.peer, member);
    this.earlyVersion = snapshot.version;
  }

  /** Whether changes wait for an earlier one. */
  get isBehind(): boolean {
    return this.earlyChanges.size > 0;
  }

  /** The current position of the roster: read it before requesting a snapshot, and pass it on with the result. */
  get position(): Position {
    return { epoch: this.epoch, version: this.version };
  }

  /**
   * Replaces the roster by a snapshot that is newer, or of another epoch, and sends all of it to the local clients.
   * @param asked the roster's position when the snapshot was requested. A snapshot older than that is not late: the
   * store has lost writes, and what it returns now is authoritative.
   */
  replace(snapshot: Snapshot, asked: Position = NOWHERE): void {
    const wentBack = isBehind(snapshot, asked);
    const sameEpoch = snapshot.epoch === this.epoch;
    if (sameEpoch && snapshot.version <= this.version && !wentBack) return;
    this.roster.replace(snapshot.members);
    this.epoch = snapshot.epoch;
    this.version = snapshot.version;
    this.cancelNotice();
    this.early.clear();
    this.earlyChanges.clear();
    this.sendWhole(sameEpoch && !wentBack);
  }

  /**
   * Encodes the answer to a join, from the roster of this node or from the join's snapshot, whichever is newer.
   * @returns the frame, and the roster version in it
   */
  answerJoin(
    answer: Omit<Joined, 'type' | 'room' | 'epoch' | 'version' | 'participants'>,
    found: Snapshot,
  ): { readonly frame: Buffer; readonly version: number } {
    const isKnown = this.epoch === found.epoch && this.version >= found.version && this.members.has(answer.peer);
    const { epoch, version } = isKnown ? this : found;
    const participants = isKnown ? this.roster.encoded : JSON.stringify(found.members.map(toParticipant));
    return {
      frame: withParticipants({ type: 'joined', room: this.id, ...answer, epoch, version }, participants),
      version,
    };
  }

  /** Sends the roster events that wait. */
  notify(): void {
    const events = this.waiting;
    this.cancelNotice();
    if (events.length === 0) return;
    const start = this.version - events.length;
    // Encoded once for all clients at the same version, which are nearly all of them.
    const common = this.encodeEvents(events);
    for (const peer of this.local.values()) {
      if (peer.version >= this.version) continue;
      const frame = peer.version === start ? common : this.encodeEvents(events.slice(peer.version - start));
      peer.version = this.version;
      peer.session.sendFrame(frame);
    }
  }

  /** Stops the room's timer; events that wait are not sent. */
  close(): void {
    this.cancelNotice();
  }

  private sendWhole(sameEpoch: boolean): void {
    if (this.local.size === 0) return;
    const { id: room, epoch, version } = this;
    const frame = withParticipants({ type: 'roster', room, epoch, version }, this.roster.encoded);
    for (const peer of this.local.values()) {
      // A client that joined meanwhile may be at a later version already, and must never see an older one.
      if (sameEpoch && peer.version >= this.version) continue;
      peer.version = this.version;
      peer.session.sendFrame(frame);
    }
  }

  private nextEarly(): Change | undefined {
    const next = this.earlyChanges.get(this.version);
    this.earlyChanges.delete(this.version);
    return next;
  }

  private encodeEvents(events: readonly RosterEvent[]): Buffer {
    const { id: room, epoch, version } = this;
    const roster: Roster = { type: 'roster', room, epoch, version, events };
    return Buffer.from(JSON.stringify(roster));
  }

  private cancelNotice(): void {
    clearTimeout(this.notice);
    this.notice = undefined;
    this.waiting = [];
  }
}

const toRosterEvent = (event: MemberEvent): RosterEvent => {
  if (event.event === 'joined') return { event: 'joined', participant: toParticipant(event.participant) };
  if (event.event === 'back') return { event: 'back', peer: event.peer };
  return event;
};

/** Encodes a frame whose participants are JSON already. */
const withParticipants = (
  header: Omit<Joined, 'participants'> | Omit<Roster, 'participants' | 'events'>,
  participants: string,
): Buffer => Buffer.from(`${JSON.stringify(header).slice(0, -1)},"participants":${participants}}`);
