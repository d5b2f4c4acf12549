import { describe, expect, it } from '@jest/globals';
import type { PeerId, RoomId, UserId } from '@parley/protocol';
import { ChatLog } from '../../../src/chat/chat-log.js';
import { problem, type World } from './world.js';

export const chatSuite = (world: World): void => {
  const log = () => world.rest.app.get(ChatLog);
  const message = (room: string, id: string, text = 'Hello', user = 'u_1') => ({
    room: room as RoomId,
    user: user as UserId,
    name: 'Ada',
    from: 'peer-1' as PeerId,
    id,
    text,
  });

  describe('the chat of a room', () => {
    it('numbers messages 1, 2, 3 without gaps, even in a burst with repetitions', async () => {
      const room = await world.room(await world.account());
      // Each message is sent twice at once, as by a client that missed the reply.
      const sent = Array.from({ length: 40 }, (_, n) => log().append(message(room, `m${n % 20}`)));
      const stored = await Promise.all(sent);
      expect(stored.filter(({ fresh }) => fresh)).toHaveLength(20);
      const { messages, more } = await log().page(room as RoomId, 0, 100);
      expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      expect(more).toBe(false);
      for (const { message: one } of stored) expect(messages).toContainEqual(one);
    });

    it('keeps the first text of a message id, per user', async () => {
      const room = await world.room(await world.account());
      const first = await log().append(message(room, 'same', 'first'));
      const again = await log().append(message(room, 'same', 'second'));
      expect(again).toEqual({ message: first.message, fresh: false });
      const other = await log().append(message(room, 'same', 'mine', 'u_2'));
      expect([other.fresh, other.message.seq]).toEqual([true, 2]);
    });

    it('refuses a room that does not exist and a character that cannot be stored', async () => {
      const room = await world.room(await world.account());
      await expect(log().append(message('nowhere', 'a'))).rejects.toMatchObject({ code: 'room_not_found' });
      await expect(log().append(message(room, 'a', 'x\u0000'))).rejects.toMatchObject({ code: 'bad_message' });
      expect((await log().append(message(room, 'a', '😀 ‮<script>'))).message).toMatchObject({
        seq: 1,
        text: '😀 ‮<script>',
      });
    });

    it('is read over REST from a number onwards, or backwards from the newest', async () => {
      const ada = await world.account();
      const room = await world.room(ada);
      for (let n = 1; n <= 5; n += 1) await log().append(message(room, `m${n}`, `text ${n}`));
      const read = async (query: string) => {
        const { body } = await world.as(ada).get(`/v1/rooms/${room}/messages?${query}`).expect(200);
        return [body.messages.map(({ seq }: { seq: number }) => seq), body.more];
      };
      expect(await read('after=0&limit=3')).toEqual([[1, 2, 3], true]);
      expect(await read('after=3&limit=3')).toEqual([[4, 5], false]);
      expect(await read('limit=2')).toEqual([[4, 5], false]);
      const { body } = await world.as(ada).get(`/v1/rooms/${room}/messages?after=4`);
      expect(body.messages).toEqual([
        { id: 'm5', seq: 5, user: 'u_1', name: 'Ada', from: 'peer-1', at: expect.any(Number), text: 'text 5' },
      ]);
    });

    it('refuses guests of another room, and malformed page parameters', async () => {
      const owner = await world.account();
      const [room, other] = [await world.room(owner), await world.room(owner)];
      const guest = await world.guest(other);
      expect(problem(await world.as(guest).get(`/v1/rooms/${room}/messages`)).code).toBe('room_not_found');
      for (const query of ['after=-1', 'after=x', 'after=1.5', 'limit=0', 'limit=101', 'before=3']) {
        expect(problem(await world.as(owner).get(`/v1/rooms/${room}/messages?${query}`)).code).toBe('bad_request');
      }
    });
  });
};
