import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId } from '@parley/protocol';
import type { Change, Member, MemberEvent } from '../../presence/presence.js';
import type { Session } from '../session/session.js';
import { MAX_EARLY_CHANGES, RoomReplica } from './room-replica.js';

const ROOM = 'r1' as RoomId;
const member = (name: string, order: number, node = 'n1'): Member => ({
  peer: name as PeerId,
  user: name as never,
  name,
  role: 'member',
  meta: {},
  state: 'on',
  order,
  node: node as NodeId,
  connection: `c-${name}` as ConnectionId,
});
const change = (version: number, ...events: MemberEvent[]): Change => ({
  room: ROOM,
  epoch: 'e',
  version,
  events,
  nodes: [],
});
const joined = (version: number, name: string): Change =>
  change(version, { event: 'joined', participant: member(name, version) });

const setup = (version = 1) => {
  const room = new RoomReplica(ROOM);
  room.replace({ room: ROOM, epoch: 'e', version, members: [member('a', 1)] });
  const client = (known: number) => {
    const frames: any[] = [];
    const session = { sendFrame: (frame: Buffer) => frames.push(JSON.parse(frame.toString())) } as unknown as Session;
    room.local.set(`client${room.local.size}` as PeerId, { session, version: known });
    return frames;
  };
  return { room, client };
};

describe('RoomReplica', () => {
  it('applies changes that overtook each other in order', () => {
    const { room } = setup();
    expect(room.apply(joined(3, 'c'))).toBe('early');
    expect(room.apply(joined(4, 'd'))).toBe('early');
    expect(room.isBehind).toBe(true);
    expect(room.apply(joined(2, 'b'))).toHaveLength(3);
    expect(room.version).toBe(4);
    expect([...room.members.keys()]).toEqual(['a', 'b', 'c', 'd']);
    expect(room.isBehind).toBe(false);
  });
  it('reports a gap when another epoch began or too many changes wait', () => {
    const { room } = setup();
    expect(room.apply({ ...joined(2, 'b'), epoch: 'other' })).toBe('gap');
    for (let n = 0; n < MAX_EARLY_CHANGES; n += 1) expect(room.apply(joined(3 + n, `p${n}`))).toBe('early');
    expect(room.apply(joined(1000, 'last'))).toBe('gap');
  });
  it('ignores a change that is applied already, and the applied part of one', () => {
    const { room } = setup(2);
    expect(room.apply(joined(2, 'b'))).toEqual([]);
    const both = change(
      3,
      { event: 'away', peer: 'a' as PeerId },
      { event: 'left', peer: 'a' as PeerId, reason: 'expired' },
    );
    expect(room.apply(both)).toEqual([{ event: 'left', peer: 'a', reason: 'expired' }]);
  });
  it('merges roster events, and sends each client only those that it does not know', () => {
    const { room, client } = setup();
    const old = client(1);
    const current = client(2);
    const ahead = client(9);
    room.apply(joined(2, 'b'));
    room.apply(joined(3, 'c'));
    room.notify();
    expect(old.map((frame) => [frame.version, frame.events.length])).toEqual([[3, 2]]);
    expect(current.map((frame) => [frame.version, frame.events.length])).toEqual([[3, 1]]);
    expect(ahead).toEqual([]);
  });
  it("answers a join with its roster, or with the join's snapshot when that is newer", () => {
    const { room } = setup(3);
    const answer = (version: number, epoch = 'e') => {
      const found = { room: ROOM, epoch, version, members: [member('a', 1), member('z', 9)] };
      const { frame, version: told } = room.answerJoin({ re: '1', peer: 'a' as PeerId, resumed: false }, found);
      const { participants, ...header } = JSON.parse(frame.toString());
      expect(header).toMatchObject({ type: 'joined', re: '1', room: ROOM, peer: 'a', resumed: false, version: told });
      return [header.epoch, told, participants.map((one: { peer: string }) => one.peer)];
    };
    expect(answer(2)).toEqual(['e', 3, ['a']]);
    expect(answer(3)).toEqual(['e', 3, ['a']]);
    expect(answer(4)).toEqual(['e', 4, ['a', 'z']]);
    expect(answer(1, 'other')).toEqual(['other', 1, ['a', 'z']]);
  });
  it('never shows the node or connection of a participant', () => {
    const { room, client } = setup();
    const frames = client(1);
    room.apply(joined(2, 'b'));
    room.apply(
      change(3, { event: 'back', peer: 'a' as PeerId, node: 'n2' as NodeId, connection: 'c2' as ConnectionId }),
    );
    room.notify();
    const found = { room: ROOM, epoch: 'e', version: 9, members: [member('a', 1)] };
    for (const { version } of [room, found]) {
      const { frame } = room.answerJoin({ re: '1', peer: 'a' as PeerId, resumed: false }, { ...found, version });
      frames.push(JSON.parse(frame.toString()));
    }
    expect(JSON.stringify(frames)).not.toMatch(/node|connection|n2|c2/);
  });
  it('sends the whole roster when it was replaced, but never an older version than a client has', () => {
    const { room, client } = setup();
    const behind = client(1);
    const ahead = client(7);
    room.replace({ room: ROOM, epoch: 'e', version: 5, members: [member('z', 1)] });
    expect(behind.map((frame) => frame.participants.map((p: any) => p.peer))).toEqual([['z']]);
    expect(ahead).toEqual([]);
    room.replace({ room: ROOM, epoch: 'new', version: 1, members: [] });
    expect(ahead.map((frame) => frame.epoch)).toEqual(['new']);
  });
  it('follows a store that lost writes, and ignores a snapshot that is only late', () => {
    const { room, client } = setup(5);
    const frames = client(5);
    const asked = room.position;
    room.apply(joined(6, 'b'));
    room.replace({ room: ROOM, epoch: 'e', version: 5, members: [member('a', 1)] }, asked);
    expect(room.version).toBe(6);
    room.replace({ room: ROOM, epoch: 'e', version: 3, members: [member('c', 1)] }, room.position);
    expect([room.version, [...room.members.keys()]]).toEqual([3, ['c']]);
    expect(frames.at(-1)).toMatchObject({ epoch: 'e', version: 3, participants: [{ peer: 'c' }] });
    room.replace({ room: ROOM, epoch: 'f', version: 1, members: [] }, room.position);
    room.replace({ room: ROOM, epoch: 'e', version: 4, members: [member('c', 1)] }, room.position);
    expect(room.position).toEqual({ epoch: 'e', version: 4 });
  });
  it('lists the nodes with a peer that is on', () => {
    const { room } = setup();
    room.apply(change(2, { event: 'joined', participant: member('b', 2, 'n2') }));
    expect([...room.nodes]).toEqual(['n1', 'n2']);
    room.apply(
      change(3, { event: 'back', peer: 'b' as PeerId, node: 'n1' as NodeId, connection: 'c9' as ConnectionId }),
    );
    expect([...room.nodes]).toEqual(['n1']);
    room.apply(change(4, { event: 'away', peer: 'a' as PeerId }));
    room.apply(change(5, { event: 'left', peer: 'b' as PeerId, reason: 'left' }));
    expect([...room.nodes]).toEqual([]);
  });
});
