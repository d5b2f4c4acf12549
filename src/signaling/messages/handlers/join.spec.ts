import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { HandlerFixture, lastFrame, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleJoin } from './join.js';

const join = { type: 'join', id: 'j1', room: ROOM } as const;

describe('join', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(async () => {
    expect(fixture.context.admissions.size).toBe(0);
    await fixture.stop();
  });
  const refuse = (code: ConstructorParameters<typeof ProtocolError>[0]) => {
    fixture.context.access.admit = () => Promise.reject(new ProtocolError(code));
  };

  it('is answered with everyone in the room, and tells them', async () => {
    const ada = await fixture.enter('ada');
    const bob = await fixture.welcome('bob');
    await fixture.run(handleJoin, bob, { ...join, meta: { mic: false } });
    const peer = bob.session.rooms.get(ROOM);
    expect(lastFrame(bob)).toMatchObject({
      ...{ type: 'joined', re: 'j1', room: ROOM, peer, resumed: false },
      participants: [{ peer: ada.peer }, { peer, user: 'bob', role: 'member', meta: { mic: false } }],
    });
    fixture.context.rooms.get(ROOM)?.notify();
    expect(ada.client.rosterEvents()).toMatchObject([{ event: 'joined', participant: { peer } }]);
  });

  it('again resumes the same peer', async () => {
    const ada = await fixture.enter('ada');
    await fixture.run(handleJoin, ada.client, join);
    expect(lastFrame(ada.client)).toMatchObject({ type: 'joined', peer: ada.peer, resumed: true });
  });

  it('is refused when meta is too large', async () => {
    const ada = await fixture.welcome('ada');
    const meta = { text: 'x'.repeat(fixture.context.limits.maxMetaBytes) };
    const large = { ...join, meta };
    await expect(fixture.run(handleJoin, ada, large)).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it('is refused when the session is in as many rooms as it may be, but not to one of them', async () => {
    await fixture.stop();
    fixture = await HandlerFixture.start({ maxRoomsPerSession: 1 });
    const ada = await fixture.enter('ada');
    const second = { ...join, room: 'r2' };
    await expect(fixture.run(handleJoin, ada.client, second)).rejects.toMatchObject({ code: 'too_many_rooms' });
    await fixture.run(handleJoin, ada.client, join);
    expect(lastFrame(ada.client)).toMatchObject({ type: 'joined', resumed: true });
  });

  it.each(['forbidden', 'banned', 'room_locked', 'invite_required', 'room_not_found', 'unavailable'] as const)(
    'is refused when the room says %s, and nobody is in it',
    async (code) => {
      refuse(code);
      const ada = await fixture.welcome('ada');
      await expect(fixture.run(handleJoin, ada, join)).rejects.toMatchObject({ code });
      expect([ada.session.rooms.size, (await fixture.node.presence.snapshot(ROOM)).members]).toEqual([0, []]);
    },
  );

  it('is refused when the room is full', async () => {
    await fixture.enter('ada');
    fixture.context.access.admit = async () => ({ role: 'member', capacity: 1 });
    const bob = await fixture.welcome('bob');
    await expect(fixture.run(handleJoin, bob, join)).rejects.toMatchObject({ code: 'room_full' });
  });

  it('is refused in a locked room, but not to a peer that is in it', async () => {
    const ada = await fixture.enter('ada');
    fixture.context.access.admit = async () => ({ role: 'member', capacity: 100, returningOnly: true });
    const bob = await fixture.welcome('bob');
    await expect(fixture.run(handleJoin, bob, join)).rejects.toMatchObject({ code: 'room_locked' });
    await fixture.run(handleJoin, ada.client, join);
    expect(lastFrame(ada.client)).toMatchObject({ type: 'joined', resumed: true });
  });

  it('is refused when all peers of the user are on and they are as many as may be', async () => {
    fixture.context.access.admit = async () => ({ role: 'member', capacity: 100, maxPeersPerUser: 1 });
    const ada = await fixture.enter('ada');
    const second = await fixture.welcome('ada');
    await expect(fixture.run(handleJoin, second, join)).rejects.toMatchObject({ code: 'too_many_peers' });
    ada.client.session.closed();
    await fixture.run(handleJoin, second, join);
    expect(lastFrame(second)).toMatchObject({ type: 'joined', resumed: false, participants: [{ user: 'ada' }] });
  });

  it('after a reload takes the place of the away peer in a full or locked room', async () => {
    for (const terms of [{ capacity: 1 }, { capacity: 100, returningOnly: true }]) {
      const ada = await fixture.enter('ada');
      fixture.context.access.admit = async () => ({ role: 'member', ...terms });
      ada.client.session.closed();
      const again = await fixture.welcome('ada');
      await fixture.run(handleJoin, again, join);
      expect(lastFrame(again)).toMatchObject({ type: 'joined', resumed: false });
      await fixture.context.lifecycle.end(ROOM);
      await fixture.stop();
      fixture = await HandlerFixture.start();
    }
  });

  it('after a reload takes over the role of the away peer while the database is unavailable', async () => {
    const ada = await fixture.enter('ada');
    ada.client.session.closed();
    refuse('unavailable');
    const again = await fixture.welcome('ada');
    await fixture.run(handleJoin, again, join);
    expect(lastFrame(again)).toMatchObject({ type: 'joined', resumed: false, participants: [{ role: 'member' }] });
    const other = await fixture.welcome('bob');
    await expect(fixture.run(handleJoin, other, join)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is refused in a room that has just ended, before the admission could create it again', async () => {
    const asked: RoomId[] = [];
    fixture.context.access.admit = async (_, room) => {
      asked.push(room);
      return { role: 'member', capacity: 100 };
    };
    const ada = await fixture.welcome('ada');
    await fixture.node.bus.publish({ fact: 'room_closed', room: ROOM });
    await expect(fixture.run(handleJoin, ada, join)).rejects.toMatchObject({ code: 'room_not_found' });
    await fixture.run(handleJoin, ada, { ...join, room: 'r2' as RoomId });
    expect(asked).toEqual(['r2']);
  });

  it('is refused when the user was removed while the room was asked', async () => {
    const { access, admissions } = fixture.context;
    const admit = access.admit.bind(access);
    access.admit = async (...words) => {
      admissions.note({ fact: 'user_removed', room: ROOM, user: 'ada' as UserId, at: Date.now(), peers: [] });
      return admit(...words);
    };
    const ada = await fixture.welcome('ada');
    await expect(fixture.run(handleJoin, ada, join)).rejects.toMatchObject({ code: 'removed' });
  });

  it('returns to the room with the stored role while the database is unavailable', async () => {
    const ada = await fixture.enter('ada');
    ada.client.session.closed();
    refuse('unavailable');
    const again = await fixture.welcome('ada', { key: ada.client.key, attempt: 2 });
    await fixture.run(handleJoin, again, join);
    expect(lastFrame(again)).toMatchObject({ type: 'joined', peer: ada.peer, resumed: true });
  });

  it('waits in the lobby when somebody has to admit the user', async () => {
    refuse('admission_required');
    fixture.context.moderation.knock = async () => 'waiting';
    const ada = await fixture.welcome('ada');
    await fixture.run(handleJoin, ada, join);
    expect([lastFrame(ada), ada.session.rooms.size]).toEqual([{ type: 'waiting', re: 'j1', room: ROOM }, 0]);
    fixture.context.lobby.close();
  });

  it('enters at once when the user was admitted before', async () => {
    const { access, moderation } = fixture.context;
    let admitted = false;
    access.admit = async () => {
      if (!admitted) throw new ProtocolError('admission_required');
      return { role: 'member', capacity: 100 };
    };
    moderation.knock = async () => {
      admitted = true;
      return 'admitted';
    };
    const ada = await fixture.welcome('ada');
    await fixture.run(handleJoin, ada, join);
    expect(lastFrame(ada)).toMatchObject({ type: 'joined', re: 'j1' });
    fixture.context.lobby.close();
  });

  it('tells the client what the room is, after joined', async () => {
    const room = ROOM as RoomId;
    const state = { type: 'room', room, name: 'R', access: 'open', locked: false, capacity: 9, metadata: {} } as const;
    fixture.context.access.admit = async () => ({ role: 'member', capacity: 100, state });
    const ada = await fixture.welcome('ada');
    await fixture.run(handleJoin, ada, join);
    expect(ada.socket.messages().slice(-2)).toMatchObject([{ type: 'joined' }, state]);
  });
});
