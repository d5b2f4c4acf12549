import type { NodeId, Participant, PeerId } from '@parley/protocol';
import { NodeCounts } from '../../presence/memory/node-counts.js';
import type { Member, MemberEvent } from '../../presence/presence.js';

/**
 * The participants of a room in the order in which they joined, each encoded once for all answers to `join`
 * (docs/performance.md, "Joins and whole calls").
 */
export class RoomRoster {
  private readonly byPeer = new Map<PeerId, Member>();
  /** Each participant as JSON, in the same order. */
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

  /** Adds or replaces a participant; replacing one keeps its position in the order. */
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

/** Removes from a roster entry what clients must not see: its node and connection. */
export const toParticipant = ({ peer, user, name, role, meta, state, order, publish, chat }: Member): Participant => {
  // Field by field, as a rest pattern is several times slower.
  const participant = { peer, user, name, role, meta, state, order };
  return publish === undefined && chat === undefined
    ? participant
    : { ...participant, ...deniedPermissions({ publish, chat }) };
};

/** Selects the permissions that were denied, which are the only ones that a participant carries. */
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
