import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../stage.js';

/** Invalid frames, and floods. */
export const frameRules = (on: Stage): void => {
  describe('bad frames', () => {
    it('get an error that does not echo them, and the socket stays open', async () => {
      const { peer } = await on.welcomed();
      const faulty = ['', '[]', 'null', '1', '"x"', '{', '{"type":"join"', '{"type":"nothing","id":"q"}'];
      for (const text of faulty) {
        peer.sendText(text);
        const error = await peer.next('error');
        expect(error['code']).toBe('bad_message');
        expect(error['message']).not.toContain('nothing');
      }
      await peer.barrier();
    });
    it('end the session after too many', async () => {
      const { peer } = await on.welcomed();
      for (let count = 0; count < 30; count += 1) peer.sendText('nonsense');
      expect(await peer.closed()).toBe(4500);
    });
    it('are refused with keys that change prototypes', async () => {
      const { peer, token } = await on.welcomed();
      const { id: room } = await on.rest.room(token);
      for (const meta of ['{"__proto__":{"a":1}}', '{"a":{"constructor":{"prototype":{}}}}', '{"\\u005f_proto__":1}']) {
        peer.sendText(`{"type":"join","id":"p","room":"${room}","meta":${meta}}`);
        expect(await peer.next('error')).toMatchObject({ code: 'bad_message' });
      }
    });
    it('are refused when a number is out of its range', async () => {
      const { alice, bobId } = await on.pair();
      for (const seq of ['0', '-1', '1.5', '1e400', '9007199254740993', '"1"']) {
        alice.peer.sendText(`{"type":"signal","to":"${bobId}","seq":${seq},"base":1,"kind":"data"}\nx`);
        expect(await alice.peer.next('error')).toMatchObject({ code: 'bad_message' });
      }
    });
    it('are refused with only one of seq and base, or an acknowledgement of missed signals beyond it', async () => {
      const { alice, bobId } = await on.pair();
      const faulty = [
        { type: 'signal', seq: 1, kind: 'data' },
        { type: 'signal', base: 1, kind: 'data' },
        { type: 'signal', seq: 1, base: 2, kind: 'data' },
        { type: 'ack', upto: 3, missed: [4] },
      ];
      for (const frame of faulty) {
        alice.peer.send({ to: bobId, ...frame }, frame.type === 'signal' ? 'x' : undefined);
        expect(await alice.peer.next('error')).toMatchObject({ code: 'bad_message', to: bobId });
      }
    });
    it('are refused when they have a body that their type does not have', async () => {
      const { peer } = await on.welcomed();
      peer.send({ type: 'ping', id: 'p' }, 'a body');
      expect(await peer.next('error')).toMatchObject({ code: 'bad_message', re: 'p' });
    });
    it('are refused when the header is too large', async () => {
      const { peer } = await on.welcomed();
      peer.sendText(JSON.stringify({ type: 'chat', id: 'big', room: 'r', text: 'x'.repeat(33_000) }));
      expect(await peer.next('error')).toMatchObject({ code: 'payload_too_large', re: 'big' });
      await peer.barrier();
    });
    it('close the socket with 1009 when the frame is too large', async () => {
      const { peer } = await on.welcomed();
      peer.sendText('x'.repeat(65_537));
      expect(await peer.closed()).toBe(1009);
    });
    it('close the socket when they are binary', async () => {
      const { peer } = await on.welcomed();
      peer.sendBinary(Buffer.from('{"type":"ping"}'));
      expect(await peer.closed()).toBe(4515);
    });
    it('are refused with a meta that is too large', async () => {
      const { alice, room } = await on.pair();
      expect(await alice.peer.request({ type: 'update', room, meta: { x: 'y'.repeat(3000) } })).toMatchObject({
        code: 'payload_too_large',
      });
    });
  });

  describe('floods', () => {
    it('are answered `rate_limited` with the time to wait, then closed with a code that allows reconnecting', async () => {
      const { peer } = await on.welcomed();
      for (let count = 0; count < 3_000; count += 1) peer.send({ type: 'ping' });
      expect(await peer.next('error')).toMatchObject({
        code: 'rate_limited',
        retryable: true,
        retryAfterMs: expect.any(Number),
      });
      expect(await peer.closed()).toBe(4029);
    });
  });

  describe('ping', () => {
    it('is answered with pong', async () => {
      const { peer } = await on.welcomed();
      expect(await peer.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
    });
  });
};
