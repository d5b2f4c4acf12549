import type { NodeId, Participant, PeerId, RoomId, Roster, RosterEvent } from '@parley/protocol';
import type { Change, Member, MemberEvent, Snapshot } from '../presence/presence.js';
import type { Session } from './session.js';

/** A peer of this room with its socket on this node. */
export interface LocalPeer {
  readonly session: Session;
  /** The roster version that its client knows. */
  version: number;
}

/** Roster notices of so many milliseconds leave as one frame: a join to a large room is five times cheaper. */
const NOTICE_MS = 10;
/** Changes that may wait for one before them. */
export const MAX_EARLY_CHANGES = 256;

/**
 * What this node knows of one room: the whole roster at one version, which of its peers are here, and the
 * notices that wait to be sent. Owns one timer at most.
 */
export class LocalRoom {
  readonly local = new Map<PeerId, LocalPeer>();
  readonly members = new Map<PeerId, Member>();
  /** Joins under way: the room must stay until they are done. */
  entering = 0;
  epoch = '';
  version = 0;
  private readonly nodeCounts = new Map<NodeId, number>();
  private readonly early = new Map<PeerId, Member>();
  private earlyVersion = 0;
  /** By the version that each follows on. */
  private readonly earlyChanges = new Map<number, Change>();
  private waiting: RosterEvent[] = [];
  private notice: NodeJS.Timeout | undefined;

  constructor(readonly id: RoomId) {}

  /** The nodes with a peer that is `on`. */
  get nodes(): Iterable<NodeId> {
    return this.nodeCounts.keys();
  }

  get participants(): Participant[] {
    return [...this.members.values()].sort((a, b) => a.order - b.order).map(toParticipant);
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
      for (const event of events) this.applyEvent(event);
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

  /** Replaces the roster by one that is newer, or of another epoch. Clients get the whole of it. */
  replace(snapshot: Snapshot): void {
    if (snapshot.epoch === this.epoch && snapshot.version <= this.version) return;
    const sameEpoch = snapshot.epoch === this.epoch;
    this.members.clear();
    this.nodeCounts.clear();
    for (const member of snapshot.members) this.put(member);
    this.epoch = snapshot.epoch;
    this.version = snapshot.version;
    this.cancelNotice();
    this.early.clear();
    this.earlyChanges.clear();
    this.sendWhole(sameEpoch);
  }

  /** Sends the notices that wait. */
  notify(): void {
    const events = this.waiting;
    this.cancelNotice();
    if (events.length === 0) return;
    const start = this.version - events.length;
    // Encoded once for all that know the same version, which is nearly everybody.
    const common = this.encode({ events });
    for (const peer of this.local.values()) {
      if (peer.version >= this.version) continue;
      const frame = peer.version === start ? common : this.encode({ events: events.slice(peer.version - start) });
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
    const frame = this.encode({ participants: this.participants });
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

  private encode(content: { events: readonly RosterEvent[] } | { participants: readonly Participant[] }): Buffer {
    const { id: room, epoch, version } = this;
    const roster: Roster = { type: 'roster', room, epoch, version, ...content };
    return Buffer.from(JSON.stringify(roster));
  }

  private cancelNotice(): void {
    clearTimeout(this.notice);
    this.notice = undefined;
    this.waiting = [];
  }

  private applyEvent(event: MemberEvent): void {
    if (event.event === 'joined') return this.put(event.participant);
    const member = this.members.get(event.peer);
    if (member === undefined) return;
    if (event.event === 'left') this.take(member);
    else if (event.event === 'away') this.put({ ...member, state: 'away' });
    else if (event.event === 'back') {
      this.put({ ...member, state: 'on', node: event.node, connection: event.connection });
    } else if (event.event === 'permitted') {
      const { publish: _publish, chat: _chat, ...others } = member;
      this.put({ ...others, role: event.role, ...revoked(event) });
    } else this.put({ ...member, meta: event.meta, name: event.name ?? member.name });
  }

  private put(member: Member): void {
    const before = this.members.get(member.peer);
    if (before !== undefined) this.take(before);
    this.members.set(member.peer, member);
    if (member.state === 'on') this.nodeCounts.set(member.node, (this.nodeCounts.get(member.node) ?? 0) + 1);
  }

  private take(member: Member): void {
    this.members.delete(member.peer);
    if (member.state !== 'on') return;
    const left = (this.nodeCounts.get(member.node) ?? 1) - 1;
    if (left > 0) this.nodeCounts.set(member.node, left);
    else this.nodeCounts.delete(member.node);
  }
}

/** What clients may know of a member: not where it is. */
export const toParticipant = ({ node: _node, connection: _connection, ...participant }: Member): Participant =>
  participant;

/** Permissions as a participant shows them: only those that were taken. */
export const revoked = ({
  publish,
  chat,
}: Pick<Participant, 'publish' | 'chat'>): Pick<Participant, 'publish' | 'chat'> => ({
  ...(publish === false && { publish }),
  ...(chat === false && { chat }),
});

const toRosterEvent = (event: MemberEvent): RosterEvent => {
  if (event.event === 'joined') return { event: 'joined', participant: toParticipant(event.participant) };
  if (event.event === 'back') return { event: 'back', peer: event.peer };
  return event;
};
