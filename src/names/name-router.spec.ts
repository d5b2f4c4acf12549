import { afterEach, describe, expect, it } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { until } from '../../test/support/until.js';
import { MemoryBus } from '../bus/bus.memory.js';
import { MAX_EARLY_MESSAGES, MAX_RETRIES } from './name-claims.js';
import { NameRouter } from './name-router.js';
import { NAME_TIMERS } from './names.js';
import { MemoryNames } from './names.memory.js';

const NODE = 'node' as NodeId;
const boards: NameRouter[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.stop();
});

/** A node by itself, whose store answers no claim until it is told to. */
const start = async (renewMs = 20) => {
  const names = new MemoryNames();
  const bus = new MemoryBus();
  await bus.listen(NODE);
  const board = new NameRouter(names, bus, async () => [NODE], { timers: { ...NAME_TIMERS, renewMs } });
  boards.push(board);
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const claim = names.claim.bind(names);
  const slow = (): void => {
    names.claim = async (...words) => {
      const result = await claim(...words);
      await held;
      return result;
    };
  };
  return { names, bus, board, slow, answer };
};

const holder = () => {
  const got: string[] = [];
  return {
    got,
    opened: (waiting: readonly string[]) => got.push('OPEN', ...waiting),
    deliver: (body: string) => got.push(body) > 0,
    lost: () => got.push('LOST'),
    expired: () => {},
    refused: () => {},
  };
};
const ADA = { tenant: 't', name: 'ada' };

describe('a switchboard', () => {
  it('holds what overtakes the answer to a claim, and no more than it may', async () => {
    const { board, slow, answer } = await start();
    slow();
    const ada = holder();
    const claimed = board.claim(ADA, { connection: 'a', proof: 'p' }, ada);
    const sent = [];
    for (let n = 0; n < MAX_EARLY_MESSAGES + 2; n += 1) sent.push(await board.send(ADA, 'b', `${n}`));
    expect(ada.got).toEqual([]);
    answer();
    expect(await claimed).toBe(true);
    expect(ada.got).toEqual(['OPEN', ...Array.from({ length: MAX_EARLY_MESSAGES }, (_, n) => `${n}`)]);
    expect(sent.slice(-3)).toEqual(['sent', 'refused', 'refused']);
  });

  it('frees names that it could not free while the store was away, but no more than it remembers', async () => {
    const { board, names } = await start();
    const key = (n: number) => ({ tenant: 't', name: `${n}` });
    for (let n = 0; n < MAX_RETRIES + 1; n += 1)
      await board.claim(key(n), { connection: `${n}`, proof: 'p' }, holder());
    names.down = true;
    for (let n = 0; n < MAX_RETRIES + 1; n += 1) board.release(`${n}`);
    await board.settled();
    names.down = false;
    board.start();
    const isFree = async (n: number) => (await names.route(key(n), { from: 'x', body: '' }, 0)).kind === 'full';
    await until(() => isFree(MAX_RETRIES));
    await board.settled();
    expect([await isFree(0), await isFree(1)]).toEqual([false, true]);
  });

  it('lets the sockets of a node go on talking while the store is away', async () => {
    const { board, names } = await start();
    const [old, ada] = [holder(), holder()];
    await board.claim(ADA, { connection: 'old', proof: 'p' }, old);
    await board.claim(ADA, { connection: 'a', proof: 'p' }, ada);
    names.down = true;
    expect(await board.send(ADA, 'b', 'x')).toBe('sent');
    board.release('a');
    expect(await board.send(ADA, 'b', 'y')).toBe('refused');
    expect([old.got, ada.got]).toEqual([
      ['OPEN', 'LOST'],
      ['OPEN', 'x'],
    ]);
  });

  it('says that nothing was sent while the store is away, and frees what it may have got', async () => {
    const { board, names } = await start();
    names.down = true;
    await expect(board.claim(ADA, { connection: 'a', proof: 'p' }, holder())).rejects.toMatchObject({
      name: 'NamesUnavailable',
    });
    expect([await board.send(ADA, 'b', 'x'), board.size]).toEqual(['refused', 0]);
  });

  it('asks again soon for a name that the store did not answer for', async () => {
    const { names, board, bus } = await start(60_000);
    expect(await board.claim(ADA, { connection: 'a', proof: 'p' }, holder())).toBe(true);
    board.start();
    const renew = names.renew.bind(names);
    const asked: string[] = [];
    names.renew = async (...words) => {
      asked.push(words[0].name);
      if (asked.length === 1) throw new Error('one shard is away');
      return renew(...words);
    };
    bus.onRestored();
    await until(() => asked.length === 2);
    expect(asked).toEqual(['ada', 'ada']);
  });
});
