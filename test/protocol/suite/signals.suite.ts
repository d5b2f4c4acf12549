import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../stage.js';

/** Signals and broadcasts. */
export const signalRules = (on: Stage): void => {
  describe('signals', () => {
    it("arrive with the server's `from` and an unchanged body", async () => {
      const { alice, bob, aliceId, bobId } = await on.pair();
      const bodies = [
        '{"sdp":"v=0\\r\\n"}',
        '',
        'two\nlines\n',
        '{"type":"signal","from":"forged"}\n{"x":1}',
        'žluťoučký 🐎\u0000',
      ];
      for (const [index, body] of bodies.entries()) {
        alice.peer.send({ type: 'signal', to: bobId, seq: index + 1, base: 1, kind: 'offer' }, body);
      }
      for (const [index, body] of bodies.entries()) {
        const frame = await bob.peer.next('signal');
        expect(frame).toEqual({ type: 'signal', from: aliceId, seq: index + 1, base: 1, kind: 'offer', body });
      }
    });
    it('get no reply on success', async () => {
      const { alice, bobId } = await on.pair();
      alice.peer.send({ type: 'signal', to: bobId, kind: 'data' }, 'x');
      await alice.peer.barrier();
      const about = new Set(['roster', 'room']);
      expect(alice.peer.unread.filter((frame) => !about.has(frame.type))).toEqual([]);
    });
    it('keep their order', async () => {
      const { alice, bob, bobId } = await on.pair();
      for (let seq = 1; seq <= 300; seq += 1)
        alice.peer.send({ type: 'signal', to: bobId, seq, base: 1, kind: 'candidate' }, `${seq}`);
      for (let seq = 1; seq <= 300; seq += 1) expect((await bob.peer.next('signal'))['body']).toBe(`${seq}`);
    });
    it('are refused with a `from`', async () => {
      const { alice, bob, bobId } = await on.pair();
      alice.peer.send({ type: 'signal', to: bobId, from: bobId, kind: 'data' }, 'x');
      expect(await alice.peer.next('error')).toMatchObject({ code: 'bad_message', to: bobId });
      await bob.peer.barrier();
      expect(bob.peer.unread.some((frame) => frame.type === 'signal')).toBe(false);
    });
    it('reach no peer outside the room, with the same error for a peer of another room, an unknown peer and oneself', async () => {
      const { alice, aliceId } = await on.pair();
      const { bobId: outsider, bob: outsiderPeer } = await on.pair();
      for (const to of [outsider, 'nobody-at-all', aliceId]) {
        alice.peer.send({ type: 'signal', to, seq: 1, base: 1, kind: 'data' }, 'x');
        const { message, ...error } = await alice.peer.next('error');
        expect(error).toEqual({ type: 'error', to, seq: 1, code: 'peer_unknown', retryable: false, body: undefined });
      }
      await outsiderPeer.peer.barrier();
      expect(outsiderPeer.peer.unread.some((frame) => frame.type === 'signal')).toBe(false);
    });
    it('to an away peer are answered with a retryable `peer_away`', async () => {
      const { alice, bob, bobId } = await on.pair();
      bob.peer.cut();
      await alice.peer.rosterEvent((e) => e.event === 'away');
      alice.peer.send({ type: 'signal', to: bobId, seq: 9, base: 9, kind: 'data' }, 'x');
      expect(await alice.peer.next('error')).toMatchObject({ to: bobId, seq: 9, code: 'peer_away', retryable: true });
    });
    it('are acknowledged by the receiving client, not by the server', async () => {
      const { alice, bob, aliceId, bobId } = await on.pair();
      bob.peer.send({ type: 'ack', to: aliceId, upto: 7, missed: [3, 5] });
      expect(await alice.peer.next('ack')).toEqual({
        type: 'ack',
        from: bobId,
        upto: 7,
        missed: [3, 5],
        body: undefined,
      });
    });
    it('and acknowledgements are refused on a new socket before `joined`, and relayed after it', async () => {
      const { alice, bob, room, aliceId, bobId } = await on.pair();
      bob.peer.cut();
      await alice.peer.rosterEvent((e) => e.event === 'away');
      const again = await on.socket(bob.peer.key);
      again.attempt = bob.peer.attempt;
      expect(await again.hello(bob.token)).toMatchObject({ type: 'welcome', session: bob.session });
      again.send({ type: 'ack', to: aliceId, upto: 1 });
      expect(await again.next('error')).toMatchObject({ to: aliceId, code: 'peer_unknown' });
      again.send({ type: 'signal', to: aliceId, seq: 1, base: 1, kind: 'data' }, 'x');
      expect(await again.next('error')).toMatchObject({ to: aliceId, seq: 1, code: 'peer_unknown' });
      expect(await again.request({ type: 'join', room })).toMatchObject({ type: 'joined', peer: bobId });
      again.send({ type: 'ack', to: aliceId, upto: 1 });
      expect(await alice.peer.next('ack')).toMatchObject({ from: bobId, upto: 1 });
    });
  });

  describe('broadcasts', () => {
    it('reach everyone else in the room, once', async () => {
      const { alice, bob, room, aliceId } = await on.pair();
      alice.peer.send({ type: 'broadcast', room, kind: 'cursor' }, '1,2');
      expect(await bob.peer.next('broadcast')).toEqual({
        type: 'broadcast',
        room,
        from: aliceId,
        kind: 'cursor',
        body: '1,2',
      });
      await alice.peer.barrier();
      expect(alice.peer.unread.some((frame) => frame.type === 'broadcast')).toBe(false);
    });
    it("are refused outside one's rooms", async () => {
      const { peer } = await on.welcomed();
      const { room } = await on.pair();
      peer.send({ type: 'broadcast', room, kind: 'cursor' }, 'x');
      expect(await peer.next('error')).toMatchObject({ code: 'not_in_room', room });
    });
  });
};
