import { expect, it } from '@jest/globals';
import { FakeSocket } from '../../test/support/fake-socket.js';
import { MAX_INBOX_BYTES, RateLimitedInbox } from './rate-limited-inbox.js';

const start = (charge: () => number = () => 0) => {
  const handled: string[] = [];
  const answers: (() => void)[] = [];
  let pauses = 0;
  const handle = (frame: string) => {
    handled.push(frame);
    return new Promise<void>((resolve) => answers.push(resolve));
  };
  const inbox = new RateLimitedInbox(new FakeSocket(), { charge, handle }, () => {
    pauses += 1;
  });
  const answer = () => answers.shift()?.();
  return { inbox, handled, answer, pauses: () => pauses };
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('reads nothing while a frame is handled and others wait, and goes on in order', async () => {
  const { inbox, handled, answer, pauses } = start();
  for (const frame of ['a', 'b', 'c']) expect(inbox.receive(Buffer.from(frame))).toBe(true);
  expect([handled, inbox.isPaused]).toEqual([['a'], true]);
  answer();
  await settled();
  expect([handled, inbox.isPaused]).toEqual([['a', 'b'], true]);
  answer();
  await settled();
  answer();
  await settled();
  expect([handled, inbox.isPaused, pauses()]).toEqual([['a', 'b', 'c'], false, 1]);
});

it.each([0, 100_000])('queues no more than its memory, in frames of %i bytes', (size) => {
  const { inbox, handled } = start();
  const frame = Buffer.alloc(size);
  let queued = -1;
  while (inbox.receive(frame)) queued += 1;
  expect(queued).toBe(Math.floor(MAX_INBOX_BYTES / (size + 32)));
  inbox.close();
  expect(handled).toHaveLength(1);
});

it('handles nothing once it is closed', async () => {
  const { inbox, handled, answer } = start();
  inbox.receive(Buffer.from('a'));
  inbox.receive(Buffer.from('b'));
  inbox.close();
  answer();
  await settled();
  expect(handled).toEqual(['a']);
});
