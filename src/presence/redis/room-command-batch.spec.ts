import { describe, expect, test } from '@jest/globals';
import type { NodeId, RoomId } from '@parley/protocol';
import { type IndexRooms, MAX_TOGETHER, RoomCommandBatch } from './room-command-batch.js';

const NODE = 'n1' as NodeId;
const room = (n: number): RoomId => `r${n}` as RoomId;

/** A turn, and what it sent: a list for each write. */
const stage = (indexRooms: IndexRooms = () => Promise.resolve()) => {
  const writes: string[][] = [];
  const turn = new RoomCommandBatch(
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
  return { writes, turn, script };
};

describe('what one turn asks of rooms', () => {
  test('leaves in one write: the index of each node first, then the scripts in their order', async () => {
    const { writes, turn, script } = stage();
    const answers = await Promise.all([
      turn.ask(script('a')),
      turn.askIndexed(NODE, room(1), 'entered', script('b')),
      turn.askIndexed(NODE, room(1), 'entered', script('c')),
      turn.askIndexed('n2' as NodeId, room(2), 'entered', script('d')),
      turn.askIndexed(NODE, room(3), 'reconciled', script('e')),
    ]);
    expect(answers).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(writes).toEqual([['touch n1: r3 / r1', 'touch n2:  / r2', 'a', 'b', 'c', 'd', 'e']]);
    await turn.ask(script('f'));
    expect(writes.slice(1)).toEqual([['f']]);
  });

  test('fails for those whose rooms could not be written into the index, and for nobody else', async () => {
    const { turn, script } = stage((node) => (node === NODE ? Promise.reject(new Error('away')) : Promise.resolve()));
    const results = await Promise.allSettled([
      turn.askIndexed(NODE, room(1), 'entered', script('a')),
      turn.askIndexed('n2' as NodeId, room(1), 'entered', script('b')),
      turn.ask(script('c')),
      turn.ask(() => Promise.reject(new Error('refused'))),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'rejected']);
  });

  test('holds no more than its bound: then it sends at once', async () => {
    const { writes, turn, script } = stage();
    const asked = Array.from({ length: MAX_TOGETHER + 1 }, (_, n) =>
      turn.askIndexed(NODE, room(n), 'entered', script('s')),
    );
    expect(writes.map(({ length }) => length)).toEqual([1 + MAX_TOGETHER]);
    await Promise.all(asked);
    expect(writes.map(({ length }) => length)).toEqual([1 + MAX_TOGETHER, 2]);
  });

  test('sends at once what waits when it is told to', async () => {
    const { writes, turn, script } = stage();
    const asked = turn.ask(script('a'));
    turn.send();
    expect(writes).toEqual([['a']]);
    await asked;
  });
});
