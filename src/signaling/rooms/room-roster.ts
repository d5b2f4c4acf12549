import type { NodeId, Participant, PeerId } from '@parley/protocol';
import { NodeCounts } from '../../presence/memory/node-counts.js';
import type { Member, MemberEvent } from '../../presence/presence.js';

/**
 * A room's members as this node knows them, in the order in which they joined. Each is encoded once for all who are
 * told of it: in a room of 200 an answer to `join` was mostly JSON of people who had not changed.
 */
export class RoomRoster {
  private readonly byPeer = new Map<PeerId, Member>();
  /** What clients know of each as JSON, in the same order. */
  private readonly texts = new Map<PeerId, string>();
  private readonly counts = new NodeCounts();

  get members(): ReadonlyMap<PeerId, Member> {
    return this.byPeer;
  }

  /** The nodes with a peer that is `on`. */
  get nodes(): Iterable<NodeId> {
    return this.counts.nodes;
  }

  /** `participants` as JSON. */
  get encoded(): string {
    return `[${[...this.texts.values()].join(',')}]`;
  }

  replace(members: readonly Member[]): void {
    this.byPeer.clear();
    this.texts.clear();
    this.counts.clear();
    for (const member of members) this.put(member);
  }

  apply(event: MemberEvent): void {
    if (event.event === 'joined') return this.put(event.participant);
    const member = this.byPeer.get(event.peer);
    if (member === undefined) return;
    if (event.event === 'left') this.take(member);
    else if (event.event === 'away') this.put({ ...member, state: 'away' });
    else if (event.event === 'back') {
      this.put({ ...member, state: 'on', node: event.node, connection: event.connection });
    } else if (event.event === 'permitted') {
      const { publish: _publish, chat: _chat, ...others } = member;
      this.put({ ...others, role: event.role, ...deniedPermissions(event) });
    } else this.put({ ...member, meta: event.meta, name: event.name ?? member.name });
  }

  /** Whoever is there already keeps the place. */
  private put(member: Member): void {
    const before = this.byPeer.get(member.peer);
    if (before?.state === 'on') this.counts.remove(before.node);
    if (member.state === 'on') this.counts.add(member.node);
    this.byPeer.set(member.peer, member);
    this.texts.set(member.peer, JSON.stringify(toParticipant(member)));
  }

  private take({ peer, state, node }: Member): void {
    this.byPeer.delete(peer);
    this.texts.delete(peer);
    if (state === 'on') this.counts.remove(node);
  }
}

/** What clients may know of a member: not where it is. Field by field: a rest of a pattern is three times as slow. */
export const toParticipant = ({ peer, user, name, role, meta, state, order, publish, chat }: Member): Participant => {
  const participant = { peer, user, name, role, meta, state, order };
  return publish === undefined && chat === undefined
    ? participant
    : { ...participant, ...deniedPermissions({ publish, chat }) };
};

/** Permissions as a participant shows them: only those that were taken. */
export const deniedPermissions = ({
  publish,
  chat,
}: {
  readonly publish?: boolean | undefined;
  readonly chat?: boolean | undefined;
}): Pick<Participant, 'publish' | 'chat'> => ({
  ...(publish === false && { publish }),
  ...(chat === false && { chat }),
});
