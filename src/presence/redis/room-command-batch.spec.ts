import { describe, expect, test } from '@jest/globals';
import type { NodeId, RoomId } from '@parley/protocol';
import { type IndexRooms, MAX_TOGETHER, RoomCommandBatch } from './room-command-batch.js';

const NODE = 'n1' as NodeId;
const room = (n: number): RoomId => `r${n}` as RoomId;

/** A batch, and the commands of each write. */
const setup = (indexRooms: IndexRooms = () => Promise.resolve()) => {
  const writes: string[][] = [];
  const batch = new RoomCommandBatch(
    (node, { reconciled, entered }) => {
      writes.at(-1)?.push(`touch ${node}: ${[...reconciled]} / ${[...entered]}`);
      return indexRooms(node, { reconciled, entered });
    },
    (send) => {
      writes.push([]);
      send();
    },
  );
  const script = (word: string) => () => {
    writes.at(-1)?.push(word);
    return Promise.resolve(word);
  };
  return { writes, batch, script };
};

describe('the room commands of one turn', () => {
  test('leave in one write: the index of each node first, then the scripts in the order of requests', async () => {
    const { writes, batch, script } = setup();
    const answers = await Promise.all([
      batch.ask(script('a')),
      batch.askIndexed(NODE, room(1), 'entered', script('b')),
      batch.askIndexed(NODE, room(1), 'entered', script('c')),
      batch.askIndexed('n2' as NodeId, room(2), 'entered', script('d')),
      batch.askIndexed(NODE, room(3), 'reconciled', script('e')),
    ]);
    expect(answers).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(writes).toEqual([['touch n1: r3 / r1', 'touch n2:  / r2', 'a', 'b', 'c', 'd', 'e']]);
    await batch.ask(script('f'));
    expect(writes.slice(1)).toEqual([['f']]);
  });

  test('fail only for rooms that could not be added to the index', async () => {
    const { batch, script } = setup((node) => (node === NODE ? Promise.reject(new Error('away')) : Promise.resolve()));
    const results = await Promise.allSettled([
      batch.askIndexed(NODE, room(1), 'entered', script('a')),
      batch.askIndexed('n2' as NodeId, room(1), 'entered', script('b')),
      batch.ask(script('c')),
      batch.ask(() => Promise.reject(new Error('refused'))),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'rejected']);
  });

  test('are sent at once when the limit is reached', async () => {
    const { writes, batch, script } = setup();
    const asked = Array.from({ length: MAX_TOGETHER + 1 }, (_, n) =>
      batch.askIndexed(NODE, room(n), 'entered', script('s')),
    );
    expect(writes.map(({ length }) => length)).toEqual([1 + MAX_TOGETHER]);
    await Promise.all(asked);
    expect(writes.map(({ length }) => length)).toEqual([1 + MAX_TOGETHER, 2]);
  });

  test('are sent at once by `send`', async () => {
    const { writes, batch, script } = setup();
    const asked = batch.ask(script('a'));
    batch.send();
    expect(writes).toEqual([['a']]);
    await asked;
  });
});
