import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../stage.js';

/** Admission, removal and permissions. */
export const peopleRules = (on: Stage): void => {
  describe('people', () => {
    const DONE = { type: 'done' };
    it('receive the state of the room after `joined` and on each change', async () => {
      const { alice, bob, room } = await on.pair();
      expect(await bob.peer.next('room')).toMatchObject({ room, name: 'A room', access: 'open', locked: false });
      expect(await alice.peer.request({ type: 'lock', room, locked: true })).toMatchObject(DONE);
      expect(await bob.peer.next('room')).toMatchObject({ room, locked: true, capacity: expect.any(Number) });
      const carol = await on.welcomed('Carol');
      const answer = await carol.peer.request({ type: 'join', room });
      expect(answer).toMatchObject({ type: 'error', code: 'room_locked', retryable: true });
    });
    it('rejoin a locked room as another peer, for example after a reload', async () => {
      const { alice, bob, room, bobId } = await on.pair();
      expect(await alice.peer.request({ type: 'lock', room, locked: true })).toMatchObject(DONE);
      bob.peer.cut();
      await alice.peer.rosterEvent((e) => e.event === 'away' && e.peer === bobId);
      const again = await on.socket();
      await again.hello(bob.token);
      const { participants, ...answer } = await again.request({ type: 'join', room });
      expect(answer).toMatchObject({ type: 'joined', resumed: false });
      expect(participants).toContainEqual(expect.objectContaining({ peer: answer['peer'], user: bob.user }));
    });
    it('are removed, and refused with their old peer ids and tokens', async () => {
      const { alice, bob, room, bobId } = await on.pair();
      const kick = { type: 'kick', room, peer: bobId };
      expect(await bob.peer.request(kick)).toMatchObject({ type: 'error', code: 'forbidden' });
      expect(await alice.peer.request(kick)).toMatchObject(DONE);
      expect(await bob.peer.next('removed')).toMatchObject({ room, peer: bobId, reason: 'removed' });
      expect((await alice.peer.rosterEvent((e) => e.event === 'left')).reason).toBe('removed');
      expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'error', code: 'removed' });
      expect(await alice.peer.request(kick)).toMatchObject({ type: 'error', code: 'peer_unknown' });
    });
    it('are asked to mute, and lose and regain permissions', async () => {
      const { alice, bob, room, aliceId, bobId } = await on.pair();
      expect(await alice.peer.request({ type: 'mute', room, peer: bobId })).toMatchObject(DONE);
      expect(await bob.peer.next('mute_requested')).toMatchObject({ room, by: alice.user });
      expect(await alice.peer.request({ type: 'permit', room, peer: bobId, publish: false })).toMatchObject(DONE);
      const event = await bob.peer.rosterEvent((e) => e.event === 'permitted');
      expect(event).toEqual({ event: 'permitted', peer: bobId, role: 'member', publish: false, chat: true });
      bob.peer.send({ type: 'signal', to: aliceId, seq: 1, base: 1, kind: 'offer' }, 'x');
      expect(await alice.peer.next('signal')).toMatchObject({ seq: 1, denied: 'forbidden', body: '' });
    });
    it('knock, wait, and are admitted or denied', async () => {
      const [alice, bob] = [await on.welcomed('Alice'), await on.welcomed('Bob')];
      const { id: room } = await on.rest.room(alice.token, { access: 'lobby' });
      await alice.peer.request({ type: 'join', room });
      await alice.peer.next('knocking');
      for (const admit of [false, true]) {
        const waiting = await bob.peer.request({ type: 'join', room });
        expect(waiting).toMatchObject({ type: 'waiting', room });
        const { re: join } = waiting;
        const list = await alice.peer.next((frame) => frame.type === 'knocking' && frame['knocks'].length === 1);
        const { knock } = list['knocks'][0];
        expect(await alice.peer.request({ type: 'answer_knock', room, knock, admit })).toMatchObject(DONE);
        if (admit) expect(await bob.peer.next('admitted')).toMatchObject({ room, join });
        else expect(await bob.peer.next('refused')).toMatchObject({ room, join, reason: 'denied' });
      }
      expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'joined' });
      const none = await alice.peer.request({ type: 'answer_knock', room, knock: 'nobody', admit: true });
      expect(none).toMatchObject({ type: 'error', code: 'not_found' });
    });
  });
};
