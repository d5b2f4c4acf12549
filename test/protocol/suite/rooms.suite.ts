import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../stage.js';

/** Joining, the roster, leaving. */
export const roomRules = (on: Stage): void => {
  describe('rooms', () => {
    it('answers with the roster, including the new peer, and notifies the others', async () => {
      const { alice, bob, room, aliceId, bobId } = await on.pair();
      const joined = await bob.peer.request({ type: 'join', room });
      expect(joined).toMatchObject({ type: 'joined', room, peer: bobId, resumed: true });
      expect(joined['participants'].map((p: any) => [p.peer, p.user, p.name, p.state]).sort()).toEqual(
        [
          [aliceId, alice.user, 'Alice', 'on'],
          [bobId, bob.user, 'Bob', 'on'],
        ].sort(),
      );
    });
    it('orders participants by joining, so that the later peer of a pair is the polite one', async () => {
      const { bob, room, aliceId, bobId } = await on.pair();
      const { participants } = await bob.peer.request({ type: 'join', room });
      const order = (peer: string) => participants.find((p: any) => p.peer === peer).order;
      expect(order(bobId)).toBeGreaterThan(order(aliceId));
    });
    it('raises the version by one with each event', async () => {
      const { alice, bob, room } = await on.pair();
      const before = await alice.peer.request({ type: 'join', room });
      await bob.peer.request({ type: 'update', room, meta: { n: 1 } });
      await bob.peer.request({ type: 'update', room, meta: { n: 2 } });
      let version = before['version'];
      for (let seen = 0; seen < 2; ) {
        const roster = await alice.peer.next(
          (frame) => frame.type === 'roster' && frame['version'] > before['version'],
        );
        expect(roster['epoch']).toBe(before['epoch']);
        expect(roster['version'] - roster['events'].length).toBe(version);
        version = roster['version'];
        seen += roster['events'].length;
      }
    });
    it('notifies all of an update of meta', async () => {
      const { alice, bob, room, bobId } = await on.pair();
      expect(await bob.peer.request({ type: 'update', room, meta: { muted: true } })).toMatchObject({
        type: 'updated',
      });
      const event = await alice.peer.rosterEvent((e) => e.event === 'updated' && e.peer === bobId);
      expect(event.meta).toEqual({ muted: true });
    });
    it('notifies all of the name in a refreshed token', async () => {
      const { alice, bob, bobId } = await on.pair();
      await on.rest.call('PATCH', '/v1/users/me', { displayName: 'Robert' }, bob.token);
      const { accessToken } = await on.rest.call('POST', '/v1/auth/refresh', { refreshToken: bob.refreshToken });
      expect(await bob.peer.request({ type: 'refresh', token: accessToken })).toMatchObject({ type: 'refreshed' });
      const event = await alice.peer.rosterEvent((e) => e.event === 'updated' && e.peer === bobId);
      expect(event).toEqual({ event: 'updated', peer: bobId, meta: {}, name: 'Robert' });
    });
    it('notifies all of a leave, with the reason', async () => {
      const { alice, bob, room, bobId } = await on.pair();
      expect(await bob.peer.request({ type: 'leave', room })).toMatchObject({ type: 'left', room });
      expect(await alice.peer.rosterEvent((e) => e.event === 'left')).toEqual({
        event: 'left',
        peer: bobId,
        reason: 'left',
      });
    });
    it('refuses the id of an ended peer', async () => {
      const { bob, room } = await on.pair();
      await bob.peer.request({ type: 'leave', room });
      expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'error', code: 'session_ended' });
    });
    it('shows the peer of a lost socket as away, and as back with the same id when it resumes', async () => {
      const { alice, bob, room, bobId } = await on.pair();
      bob.peer.cut();
      expect(await alice.peer.rosterEvent((e) => e.event === 'away')).toEqual({ event: 'away', peer: bobId });
      await bob.peer.open();
      await bob.peer.hello(bob.token);
      expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ peer: bobId, resumed: true });
      expect(await alice.peer.rosterEvent((e) => e.event === 'back')).toEqual({ event: 'back', peer: bobId });
    });
    it('answers `room_not_found` for a room that does not exist', async () => {
      const { peer } = await on.welcomed();
      expect(await peer.request({ type: 'join', room: 'no-such-room' })).toMatchObject({ code: 'room_not_found' });
    });
    it('refuses invalid room ids', async () => {
      const { peer } = await on.welcomed();
      for (const room of ['a}{b', 'a:b', '*', '..', 'x'.repeat(65), 'a\r\nb', '', 7, null, {}]) {
        expect(await peer.request({ type: 'join', room })).toMatchObject({ code: 'bad_message' });
      }
    });
    it('refuses one more room than the limit', async () => {
      const { peer, token } = await on.welcomed();
      const { limits } = await (await on.socket()).hello(token);
      for (let count = 0; count < limits.maxRoomsPerSession; count += 1) {
        const { id } = await on.rest.room(token);
        expect((await peer.request({ type: 'join', room: id })).type).toBe('joined');
      }
      const { id } = await on.rest.room(token);
      expect(await peer.request({ type: 'join', room: id })).toMatchObject({ code: 'too_many_rooms' });
    });
    it('refuses one more participant than the capacity', async () => {
      const { token, peer } = await on.welcomed();
      const { id: room } = await on.rest.room(token, { capacity: 2 });
      await peer.request({ type: 'join', room });
      await (await on.welcomed()).peer.request({ type: 'join', room });
      expect(await (await on.welcomed()).peer.request({ type: 'join', room })).toMatchObject({ code: 'room_full' });
      expect(await peer.request({ type: 'join', room })).toMatchObject({ type: 'joined', resumed: true });
    });
    it('ends every peer when the room is deleted', async () => {
      const { alice, bob, room } = await on.pair();
      await on.rest.call('DELETE', `/v1/rooms/${room}`, undefined, alice.token);
      for (const { peer } of [alice, bob]) {
        expect(await peer.next('removed')).toMatchObject({ room, reason: 'room_closed' });
      }
    });
  });
};
