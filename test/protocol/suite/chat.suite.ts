import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../stage.js';

/** Chat messages and their history. */
export const chatRules = (on: Stage): void => {
  describe('chat', () => {
    it('is answered with the stored message, which the room receives', async () => {
      const { alice, bob, room, aliceId } = await on.pair();
      const id = randomUUID();
      const mine = await alice.peer.request({ type: 'chat', id, room, text: 'hi <b>there</b>' });
      expect(mine).toMatchObject({
        type: 'chat',
        re: id,
        id,
        room,
        from: aliceId,
        user: alice.user,
        name: 'Alice',
        seq: 1,
        text: 'hi <b>there</b>',
      });
      const { re: _re, ...stored } = mine;
      expect(await bob.peer.next('chat')).toEqual(stored);
    });
    it('stores a repeated message once', async () => {
      const { alice, bob, room } = await on.pair();
      const id = randomUUID();
      const one = await alice.peer.request({ type: 'chat', id, room, text: 'once' });
      const two = await alice.peer.request({ type: 'chat', id, room, text: 'once' });
      expect(two).toEqual(one);
      await alice.peer.request({ type: 'chat', id: randomUUID(), room, text: 'after' });
      expect([(await bob.peer.next('chat'))['text'], (await bob.peer.next('chat'))['text']]).toEqual(['once', 'after']);
    });
    it('can be read from a cursor, oldest first, in pages', async () => {
      const { alice, bob, room } = await on.pair();
      for (let n = 1; n <= 5; n += 1) await alice.peer.request({ type: 'chat', id: `m${n}`, room, text: `${n}` });
      const page = await bob.peer.request({ type: 'history', room, after: 1, limit: 3 });
      expect(page['messages'].map((m: any) => m.text)).toEqual(['2', '3', '4']);
      expect(page['more']).toBe(true);
      const rest = await bob.peer.request({ type: 'history', room, after: 4 });
      expect(rest['messages'].map((m: any) => m.text)).toEqual(['5']);
      expect(rest['more']).toBe(false);
    });
    it("is refused outside one's rooms and above the maximum size", async () => {
      const { peer } = await on.welcomed();
      const { alice, room } = await on.pair();
      expect(await peer.request({ type: 'chat', room, text: 'x' })).toMatchObject({ code: 'not_in_room' });
      expect(await peer.request({ type: 'history', room })).toMatchObject({ code: 'not_in_room' });
      expect(await alice.peer.request({ type: 'chat', room, text: 'x'.repeat(4097) })).toMatchObject({
        code: 'payload_too_large',
      });
    });
  });
};
