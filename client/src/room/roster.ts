import type { LeftReason, Participant, PeerId, RosterEvent, UserId } from '@parley/protocol';

/** @internal One difference between two rosters, as the application sees it. */
export type RosterChange =
  | { readonly change: 'joined' | 'away' | 'back' | 'updated' | 'permitted'; readonly participant: Participant }
  | { readonly change: 'left'; readonly participant: Participant; readonly reason: LeftReason };

/** @internal A whole roster, from `joined` or from the full form of `roster`. */
export interface Snapshot {
  readonly epoch: string;
  readonly version: number;
  readonly participants: readonly Participant[];
}

/** @internal Changes that lead to `version`. */
export interface Delta {
  readonly epoch: string;
  readonly version: number;
  readonly events: readonly RosterEvent[];
}

/**
 * @internal A room's participants by (epoch, version). Changes and rosters that nobody asked for only move it forward
 * within an epoch. The answer to this client's own join is the truth, whatever was seen before: after a failover the
 * store may stand at an earlier epoch again, and a client that refused to follow it would be blind for good.
 */
export class Roster {
  #epoch: string | undefined;
  #version = 0;
  readonly #participants = new Map<PeerId, Participant>();
  /** Known from the epoch before, not seen in this one yet: they may be on their way back. */
  readonly #unseen = new Set<PeerId>();

  get participants(): ReadonlyMap<PeerId, Participant> {
    return this.#participants;
  }

  get epoch(): string | undefined {
    return this.#epoch;
  }

  get version(): number {
    return this.#version;
  }

  /** A participant of this user, if there is one. */
  ofUser(user: UserId): Participant | undefined {
    return [...this.#participants.values()].find((participant) => participant.user === user);
  }

  /** True while participants of the epoch before are kept as `away`; ask {@link dropUnseen} after a while. */
  get hasUnseen(): boolean {
    return this.#unseen.size > 0;
  }

  /**
   * Take a whole roster that the server sent by itself. `gap`: it is older than what is known in its epoch, so either
   * the store has gone back or the server is wrong; only a join tells.
   */
  replace(snapshot: Snapshot): RosterChange[] | 'gap' {
    if (snapshot.epoch === this.#epoch && snapshot.version < this.#version) return 'gap';
    return this.adopt(snapshot);
  }

  /**
   * Take the roster of `joined`, the answer to this client's own request on its current socket. A participant that is
   * missing in it has left; but in another epoch, whose data is created again while everybody comes back one by one,
   * it is first away.
   */
  adopt({ epoch, version, participants }: Snapshot): RosterChange[] {
    const renewed = this.#epoch !== undefined && epoch !== this.#epoch;
    this.#epoch = epoch;
    this.#version = version;
    const present = new Set(participants.map(({ peer }) => peer));
    const changes: RosterChange[] = [];
    for (const peer of [...this.#participants.keys()]) {
      if (present.has(peer)) continue;
      if (renewed) this.#unseen.add(peer);
      if (this.#unseen.has(peer)) changes.push(...this.#setState(peer, 'away'));
      else changes.push(...this.#remove(peer, 'expired'));
    }
    for (const participant of participants) changes.push(...this.#put(participant));
    return changes;
  }

  /** Take changes. `gap`: they do not continue what is known, and a snapshot is needed. */
  apply({ epoch, version, events }: Delta): RosterChange[] | 'gap' {
    if (epoch !== this.#epoch) return 'gap';
    const first = version - events.length;
    if (first > this.#version) return 'gap';
    if (version <= this.#version) return [];
    const changes = events.slice(this.#version - first).flatMap((event) => this.#applyOne(event));
    this.#version = version;
    return changes;
  }

  /** Who did not come back in the new epoch has left. */
  dropUnseen(): RosterChange[] {
    return [...this.#unseen].flatMap((peer) => this.#remove(peer, 'expired'));
  }

  #applyOne(event: RosterEvent): RosterChange[] {
    switch (event.event) {
      case 'joined':
        return this.#put(event.participant);
      case 'left':
        return this.#remove(event.peer, event.reason);
      case 'away':
        return this.#setState(event.peer, 'away');
      case 'back':
        return this.#setState(event.peer, 'on');
      case 'updated': {
        const known = this.#participants.get(event.peer);
        return known ? this.#put({ ...known, meta: event.meta, name: event.name ?? known.name }, true) : [];
      }
      case 'permitted': {
        const known = this.#participants.get(event.peer);
        return known ? this.#put(permitted(known, event)) : [];
      }
      default:
        // A newer server's event: it counts as a version and changes nothing that is known here.
        return [];
    }
  }

  #put(participant: Participant, updated = false): RosterChange[] {
    const known = this.#participants.get(participant.peer);
    this.#participants.set(participant.peer, participant);
    if (!updated) this.#unseen.delete(participant.peer);
    if (!known) return [{ change: 'joined', participant }];
    const changes: RosterChange[] = [];
    if (known.state !== participant.state)
      changes.push({ change: participant.state === 'on' ? 'back' : 'away', participant });
    if (updated || !sameData(known, participant)) changes.push({ change: 'updated', participant });
    if (!sameRights(known, participant)) changes.push({ change: 'permitted', participant });
    return changes;
  }

  #setState(peer: PeerId, state: Participant['state']): RosterChange[] {
    const known = this.#participants.get(peer);
    if (!known || known.state === state) return [];
    const participant = { ...known, state };
    this.#participants.set(peer, participant);
    return [{ change: state === 'on' ? 'back' : 'away', participant }];
  }

  #remove(peer: PeerId, reason: LeftReason): RosterChange[] {
    const participant = this.#participants.get(peer);
    this.#unseen.delete(peer);
    if (!participant) return [];
    this.#participants.delete(peer);
    return [{ change: 'left', participant, reason }];
  }
}

const sameData = (one: Participant, other: Participant): boolean =>
  one.name === other.name && JSON.stringify(one.meta) === JSON.stringify(other.meta);

const sameRights = (one: Participant, other: Participant): boolean =>
  one.role === other.role && one.publish === other.publish && one.chat === other.chat;

/** A right that is there is not named, as in a participant that the server sends whole. */
const permitted = (
  { publish: _publish, chat: _chat, ...others }: Participant,
  { role, publish, chat }: Extract<RosterEvent, { event: 'permitted' }>,
): Participant => ({ ...others, role, ...(publish ? {} : { publish }), ...(chat ? {} : { chat }) });
