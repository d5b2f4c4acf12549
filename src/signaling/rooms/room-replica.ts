import type { Joined, NodeId, PeerId, RoomId, Roster, RosterEvent } from '@parley/protocol';
import type { Change, Member, MemberEvent, Snapshot } from '../../presence/presence.js';
import type { Session } from '../session/session.js';
import { RoomRoster, toParticipant } from './room-roster.js';

/** A peer of this room with its socket on this node. */
export interface RosterSubscriber {
  readonly session: Session;
  /** The roster version that its client knows. */
  version: number;
}

/** A version of a room's roster. */
export type Position = Pick<Snapshot, 'epoch' | 'version'>;

/** The position of a room without a roster: nothing is behind it. */
export const NOWHERE: Position = { epoch: '', version: 0 };

/** Whether what the store says now is an earlier version of the same epoch: it has gone back. */
export const isBehind = (now: Position, asked: Position): boolean =>
  now.epoch === asked.epoch && now.version < asked.version;

/** Roster notices of so many milliseconds leave as one frame: a join to a large room is five times cheaper. */
const NOTICE_MS = 10;
/** Changes that may wait for one before them. */
export const MAX_EARLY_CHANGES = 256;

/**
 * What this node knows of one room: the whole roster at one version, which of its peers are here, and the
 * notices that wait to be sent. Owns one timer at most.
 */
export class RoomReplica {
  readonly local = new Map<PeerId, RosterSubscriber>();
  /** Joins under way: the room must stay until they are done. */
  entering = 0;
  epoch = '';
  version = 0;
  private readonly roster = new RoomRoster();
  private readonly early = new Map<PeerId, Member>();
  private earlyVersion = 0;
  /** By the version that each follows on. */
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

  /** A peer as it is known: by the roster, or by the snapshot of a join that is ahead of it. */
  find(peer: PeerId): Member | undefined {
    return this.members.get(peer) ?? this.early.get(peer);
  }

  /**
   * Takes a change in its turn. Changes of two nodes may overtake each other on their way: one that is too
   * early waits for those before it.
   * @returns the events that were applied now; `early`: it waits; `gap`: another epoch, ask for a snapshot.
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

  /** Peers of a snapshot that is ahead of the roster can be reached before the events between have come. */
  learnEarly(snapshot: Snapshot): void {
    if (snapshot.epoch !== this.epoch || snapshot.version <= this.version) return;
    for (const member of snapshot.members) if (!this.members.has(member.peer)) this.early.set(member.peer, member);
    this.earlyVersion = snapshot.version;
  }

  /** Whether changes wait for one before them. */
  get isBehind(): boolean {
    return this.earlyChanges.size > 0;
  }

  /** Where the roster stands, to be remembered before the store is asked for a snapshot. */
  get position(): Position {
    return { epoch: this.epoch, version: this.version };
  }

  /**
   * Replaces the roster by a snapshot that is newer, or of another epoch. Clients get the whole of it.
   * @param asked where the roster stood when the store was asked. A snapshot that is older than that is no late one:
   * the store has gone back, and what it has now is the truth.
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
   * The answer to a join: the room as this node knows it, or as the join found it, if that is newer.
   * @returns the frame, and the version that it tells of
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

  /** Sends the notices that wait. */
  notify(): void {
    const events = this.waiting;
    this.cancelNotice();
    if (events.length === 0) return;
    const start = this.version - events.length;
    // Encoded once for all that know the same version, which is nearly everybody.
    const common = this.encodeEvents(events);
    for (const peer of this.local.values()) {
      if (peer.version >= this.version) continue;
      const frame = peer.version === start ? common : this.encodeEvents(events.slice(peer.version - start));
      peer.version = this.version;
      peer.session.sendFrame(frame);
    }
  }

  /** Ends the room's timer; what waits is not sent. */
  close(): void {
    this.cancelNotice();
  }

  private sendWhole(sameEpoch: boolean): void {
    if (this.local.size === 0) return;
    const { id: room, epoch, version } = this;
    const frame = withParticipants({ type: 'roster', room, epoch, version }, this.roster.encoded);
    for (const peer of this.local.values()) {
      // A client that joined meanwhile may know more already, and must never see an older version.
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

/** A frame whose participants are encoded already. */
const withParticipants = (
  header: Omit<Joined, 'participants'> | Omit<Roster, 'participants' | 'events'>,
  participants: string,
): Buffer => Buffer.from(`${JSON.stringify(header).slice(0, -1)},"participants":${participants}}`);
