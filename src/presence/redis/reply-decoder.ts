import type { ConnectionId, LeftReason, Meta, NodeId, PeerId, Role, RoomId, UserId } from '@parley/protocol';
import type { Reply } from '../../redis/redis-commands.js';
import type { Change, Member, MemberEvent, Snapshot } from '../presence.js';

/** A member as `lua/room-library.lua` stores it. */
type Fields = [
  user: UserId,
  name: string,
  role: Role,
  meta: string,
  state: 'on' | 'away',
  order: number,
  node: NodeId,
  connection: ConnectionId,
  attempt: string,
  since: number,
  deadline: number,
  publish?: string,
  chat?: string,
];

/** Decodes a room from its hash. */
export const readSnapshot = (room: RoomId, hash: Readonly<Record<string, string>>): Snapshot => {
  const members = Object.entries(hash)
    .filter(([field]) => field.startsWith('m:'))
    .map(([field, value]) => readMember(field.slice(2) as PeerId, value))
    .sort((a, b) => a.order - b.order);
  return members.length === 0
    ? { room, epoch: '', version: 0, members }
    : { room, epoch: hash.e ?? '', version: Number(hash.v), members };
};

/** Returns the number of members in `{node: [members, time of its last reconciliation]}`. */
export const readCount = (nodes: string | null): number =>
  Object.values(JSON.parse(nodes ?? '{}') as Record<string, readonly [number, number]>).reduce(
    (sum, [members]) => sum + members,
    0,
  );

/** Converts `key, value, key, value …` to an object without a prototype. */
export const readHash = (flat: Reply): Record<string, string> => {
  const list = flat as readonly string[];
  const hash: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < list.length; i += 2) hash[list[i] as string] = list[i + 1] as string;
  return hash;
};

/** Decodes a {@link Change} from `{epoch, version, flat events, nodes}`. @returns undefined if it has no events */
export const readChange = (room: RoomId, reply: Reply, members?: readonly Member[]): Change | undefined => {
  if (reply === null) return undefined;
  const [epoch, version, flat, nodes] = reply as [string, number, string[], NodeId[]];
  if (flat.length === 0) return undefined;
  const events: MemberEvent[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    events.push(readEvent(flat[i] as string, flat[i + 1] as PeerId, flat[i + 2] as string, members));
  }
  return { room, epoch, version, events, nodes };
};

const readEvent = (kind: string, peer: PeerId, detail: string, members: readonly Member[] = []): MemberEvent => {
  switch (kind) {
    case 'away':
      return { event: 'away', peer };
    case 'left':
      return { event: 'left', peer, reason: detail as LeftReason };
    default: {
      const member = members.find((candidate) => candidate.peer === peer);
      if (member === undefined) throw new TypeError(`The event ${kind} names a peer that is not in the reply.`);
      if (kind === 'joined') return { event: 'joined', participant: member };
      if (kind === 'updated')
        return { event: 'updated', peer, meta: member.meta, ...(detail !== '' && { name: detail }) };
      if (kind === 'permitted') {
        const { role, publish, chat } = member;
        return { event: 'permitted', peer, role, publish: publish !== false, chat: chat !== false };
      }
      return { event: 'back', peer, node: member.node, connection: member.connection };
    }
  }
};

/** A member as the room's hash keeps it. */
export const readMember = (peer: PeerId, text: string): Member => {
  const [user, name, role, meta, state, order, node, connection, , , , publish, chat] = JSON.parse(text) as Fields;
  return {
    ...{ peer, user, name, role, meta: JSON.parse(meta) as Meta, state, order, node, connection },
    ...(publish === '0' && { publish: false }),
    ...(chat === '0' && { chat: false }),
  };
};
