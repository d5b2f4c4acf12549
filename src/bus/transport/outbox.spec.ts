import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { MAX_BATCH_BYTES } from '../bus.js';
import { Outbox } from './outbox.js';

const A = 'a' as NodeId;
const B = 'b' as NodeId;
const nextTick = () => new Promise(setImmediate);

/** An outbox whose flushes complete when `answer` is called. */
const slowOutbox = (minIntervalMs = 0) => {
  const sent: string[] = [];
  const answers: (() => void)[] = [];
  const outbox = new Outbox(
    (to, batch) => {
      sent.push(`${to}: ${batch.messages.join(' ')}`);
      return new Promise<void>((resolve) => answers.push(resolve));
    },
    undefined,
    minIntervalMs,
  );
  const answer = async () => {
    answers.shift()?.();
    await nextTick();
    await nextTick();
  };
  return { outbox, sent, answer };
};

describe('an outbox', () => {
  test('sends the messages of one turn as one batch per destination', async () => {
    const { outbox, sent } = slowOutbox();
    for (const [to, text] of [
      [A, '1'],
      [B, '2'],
      [A, '3'],
    ] as const)
      outbox.put(to, Buffer.from(text));
    expect(sent).toEqual([]);
    await nextTick();
    expect(sent).toEqual(['a: 1 3', 'b: 2']);
    expect(outbox.bytes).toBe(0);
  });

  test('holds messages back while a batch is in flight to their destination, and no other messages', async () => {
    const { outbox, sent, answer } = slowOutbox();
    outbox.put(A, Buffer.from('1'));
    await nextTick();
    outbox.put(A, Buffer.from('2'));
    await nextTick();
    outbox.put(A, Buffer.from('3'));
    outbox.put(B, Buffer.from('4'));
    await nextTick();
    expect(sent).toEqual(['a: 1', 'b: 4']);
    expect(outbox.bytes).toBe(2);
    await answer();
    expect(sent).toEqual(['a: 1', 'b: 4', 'a: 2 3']);
  });

  test('sends at once when no batch is in flight any more', async () => {
    const { outbox, sent, answer } = slowOutbox();
    outbox.put(A, Buffer.from('1'));
    await nextTick();
    await answer();
    outbox.put(A, Buffer.from('2'));
    await nextTick();
    expect(sent).toEqual(['a: 1', 'a: 2']);
  });

  test('leaves the minimum interval between two batches, even if the first is answered sooner', async () => {
    const { outbox, sent, answer } = slowOutbox(300);
    outbox.put(A, Buffer.from('1'));
    await nextTick();
    await answer();
    outbox.put(A, Buffer.from('2'));
    await nextTick();
    outbox.put(A, Buffer.from('3'));
    outbox.put(B, Buffer.from('4'));
    await nextTick();
    expect(sent).toEqual(['a: 1', 'b: 4']);
    while (sent.length < 3) await nextTick();
    expect(sent.at(-1)).toBe('a: 2 3');
  });

  test('refuses a message that would make a waiting batch too large', async () => {
    const { outbox, answer } = slowOutbox();
    outbox.put(A, Buffer.from('1'));
    await nextTick();
    expect(outbox.put(A, Buffer.alloc(MAX_BATCH_BYTES))).toBe(true);
    expect(outbox.put(A, Buffer.from('2'))).toBe(false);
    await answer();
    expect(outbox.put(A, Buffer.from('2'))).toBe(true);
  });

  test('sends everything when it is flushed, even while a batch is in flight', async () => {
    const { outbox, sent } = slowOutbox();
    outbox.put(A, Buffer.from('1'));
    await nextTick();
    outbox.put(A, Buffer.from('2'));
    outbox.flushAll();
    expect(sent).toEqual(['a: 1', 'a: 2']);
    outbox.put(A, Buffer.from('3'));
    expect(outbox.clear()).toBe(1);
  });
});
