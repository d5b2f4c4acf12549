import { describe, expect, it } from '@jest/globals';
import { type Outcome, simulatePair } from '../testing/pair-simulation.js';
import { settle, VirtualClock } from '../testing/virtual-clock.js';
import { ReliableChannel } from './reliable-channel.js';
import type { SendResult } from './send-result.js';

const SEEDS = Number(process.env.SEEDS ?? 200);

/** The invariants I1 to I8 and I13 to I15 of one run, each as a sentence about what was broken. */
const broken = ({ sent, delivered, largest, timersLeft }: Outcome): string[] => {
  const faults: string[] = [];
  for (const { id, sentAt, denied, deliveredAt, results } of sent) {
    const only = results[0];
    if (results.length !== 1 || !only) faults.push(`${id} has ${results.length} results`);
    else {
      if (deliveredAt.length > 1) faults.push(`${id} was delivered ${deliveredAt.length} times`);
      if (only.at - sentAt > 46_000) faults.push(`${id} got its result after ${only.at - sentAt} ms`);
      if (only.result.result === 'delivered' && !((deliveredAt[0] ?? Number.POSITIVE_INFINITY) <= only.at))
        faults.push(`${id} is called delivered and was not`);
      if (only.result.result === 'rejected') {
        if (deliveredAt.length > 0) faults.push(`${id} is called rejected and was delivered`);
        if (!denied) faults.push(`${id} is called rejected and no copy was denied`);
      }
      if (only.result.result === 'peer_gone') faults.push(`${id} is called peer_gone and nobody left`);
    }
  }
  for (const ids of delivered)
    if (ids.some((id, at) => at > 0 && id <= (ids[at - 1] as number))) faults.push('delivered out of order');
  if (largest.pending > 320 || largest.held > 64) faults.push(`buffers of ${largest.pending} and ${largest.held}`);
  if (timersLeft > 0) faults.push(`${timersLeft} timers are left`);
  return faults;
};

/** Ids rise with the time of sending over both directions, so each receiver's must rise too. */
const judge = async (storm: Parameters<typeof simulatePair>[1], signals: number) => {
  let total = 0;
  let unknown = 0;
  let rejected = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await simulatePair(seed, storm, signals);
    const faults = broken(outcome);
    if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.slice(0, 5).join('; ')}`);
    total += outcome.sent.length;
    for (const { results } of outcome.sent) {
      if (results[0]?.result.result === 'unknown') unknown++;
      if (results[0]?.result.result === 'rejected') rejected++;
    }
  }
  return { total, unknown, rejected };
};

describe('a pair of channels over a bad relay', () => {
  it('gives each signal one true result, once and in order, when frames are lost, repeated, late, reordered and denied', async () => {
    const { total, unknown, rejected } = await judge(
      { loss: 0.1, repeat: 0.1, deny: 0.05, delayMs: 9_000, downMs: 6_000 },
      150,
    );
    expect(total).toBeGreaterThanOrEqual(SEEDS * 150);
    expect(unknown).toBe(0);
    expect(rejected).toBeGreaterThan(0);
  });

  it('calls a signal unknown, and never delivered or lost, when the way is worse than any protocol can bear', async () => {
    const { unknown } = await judge({ loss: 0.85, repeat: 0.3, deny: 0.05, delayMs: 20_000, downMs: 30_000 }, 100);
    expect(unknown).toBeGreaterThan(0);
  });
});

interface Put {
  readonly seq: number;
  readonly base: number;
  readonly body: string;
}

const alone = () => {
  const clock = new VirtualClock();
  const wire: Put[] = [];
  const acks: { upto: number; missed: readonly number[] }[] = [];
  const delivered: string[] = [];
  const reported: unknown[] = [];
  const state = { open: true };
  const channel = new ReliableChannel({
    clock,
    transmitSignal: (seq, base, _kind, body) => {
      wire.push({ seq, base, body });
    },
    transmitAck: (upto, missed) => {
      if (state.open) acks.push({ upto, missed: [...missed] });
      return state.open;
    },
    deliver: (_kind, body) => {
      delivered.push(body);
      if (body === 'throws') throw new Error('a handler failed');
    },
    report: (error) => reported.push(error),
  });
  return { clock, wire, acks, delivered, reported, state, channel };
};

const seqs = (wire: readonly Put[]) => wire.map(({ seq }) => seq);

describe('the sender', () => {
  it('keeps 64 on the wire, 256 waiting, and refuses the next without using a number', async () => {
    const { channel, wire } = alone();
    const results: Promise<SendResult>[] = [];
    for (let n = 0; n < 320; n++) results.push(channel.send('data', String(n)));
    await expect(channel.send('data', 'one too many')).resolves.toEqual({ result: 'rejected', code: 'queue_full' });
    expect(seqs(wire)).toEqual(Array.from({ length: 64 }, (_, n) => n + 1));
    channel.acknowledge(64);
    expect(wire).toHaveLength(128);
    channel.send('data', 'fits again');
    for (let upto = 128; upto <= 384; upto += 64) channel.acknowledge(upto);
    expect(wire.at(-1)).toEqual({ seq: 321, base: 321, body: 'fits again' });
    await expect(Promise.all(results)).resolves.toHaveLength(320);
    expect(channel.sizes).toEqual({ pending: 0, held: 0 });
  });

  it('sends an unacknowledged number again after 2 s, then 1.5 times later each, at most 8 s', () => {
    const { channel, wire, clock } = alone();
    const at: number[] = [];
    channel.send('data', 'x');
    for (let seen = wire.length; clock.now() < 40_000; clock.advance(100))
      if (wire.length > seen) {
        seen = wire.length;
        at.push(clock.now());
      }
    expect(at).toEqual([2_000, 5_000, 9_500, 16_300, 24_300, 32_300]);
  });

  it('sends everything on the wire again at once when the way is open again', () => {
    const { channel, wire } = alone();
    channel.send('data', 'a');
    channel.send('data', 'b');
    channel.resend();
    expect(seqs(wire)).toEqual([1, 2, 1, 2]);
  });

  it('takes an acknowledgement that moves nothing as the report of a gap', () => {
    const { channel, wire, clock } = alone();
    channel.send('data', 'a');
    channel.send('data', 'b');
    channel.acknowledge(0);
    expect(seqs(wire)).toEqual([1, 2]);
    clock.advance(300);
    channel.acknowledge(0);
    expect(seqs(wire)).toEqual([1, 2, 1]);
  });

  it('calls a number in the missed list rejected, with the reason that the server gave', async () => {
    const { channel } = alone();
    const results = [channel.send('data', 'a'), channel.send('data', 'b'), channel.send('data', 'c')];
    channel.refuse(3, 'guests_not_allowed');
    channel.acknowledge(3, [1, 3]);
    await expect(Promise.all(results)).resolves.toEqual([
      { result: 'rejected', code: 'forbidden' },
      { result: 'delivered' },
      { result: 'rejected', code: 'guests_not_allowed' },
    ]);
  });

  it('gives up after 45 s, and tells the receiver at once that it need not wait for that number', async () => {
    const { channel, wire, clock } = alone();
    const first = channel.send('data', 'a');
    clock.advance(20_000);
    channel.send('data', 'b');
    clock.advance(24_999);
    wire.length = 0;
    clock.advance(1);
    await expect(first).resolves.toEqual({ result: 'unknown', why: 'timeout' });
    expect(wire[0]).toEqual({ seq: 2, base: 2, body: 'b' });
  });

  it('does not believe an acknowledgement of numbers that never went out', async () => {
    const { channel } = alone();
    const results: SendResult[] = [];
    for (let n = 0; n < 70; n++) channel.send('data', 'x').then((result) => results.push(result));
    channel.acknowledge(1_000_000);
    await settle();
    expect(results).toHaveLength(64);
  });

  it('gives all that waits, and all that is sent later, the result of the end', async () => {
    const { channel, clock } = alone();
    const before = channel.send('data', 'a');
    channel.refuse(undefined, 'peer_gone');
    await expect(before).resolves.toEqual({ result: 'peer_gone' });
    await expect(channel.send('data', 'b')).resolves.toEqual({ result: 'peer_gone' });
    expect(clock.timers).toBe(0);
  });

  it('goes on with new numbers when a peer that had ended is back under its id', async () => {
    const { channel, wire } = alone();
    channel.send('data', 'a');
    channel.end({ result: 'peer_gone' });
    channel.revive();
    const after = channel.send('data', 'b');
    expect(wire.at(-1)).toEqual({ seq: 2, base: 2, body: 'b' });
    channel.acknowledge(2);
    await expect(after).resolves.toEqual({ result: 'delivered' });
  });
});

describe('the receiver', () => {
  it('merges acknowledgements for 50 ms, or for 16 signals', () => {
    const { channel, acks, clock } = alone();
    channel.receive(1, 1, 'data', 'a');
    channel.receive(2, 1, 'data', 'b');
    expect(acks).toEqual([]);
    clock.advance(50);
    expect(acks).toEqual([{ upto: 2, missed: [] }]);
    for (let seq = 3; seq <= 18; seq++) channel.receive(seq, 1, 'data', 'x');
    expect(acks).toHaveLength(2);
    expect(acks[1]).toEqual({ upto: 18, missed: [] });
  });

  it('sends a due acknowledgement along with a signal that goes back', () => {
    const { channel, acks } = alone();
    channel.receive(1, 1, 'data', 'a');
    channel.send('data', 'back');
    expect(acks).toEqual([{ upto: 1, missed: [] }]);
  });

  it('keeps an acknowledgement that could not go out until the way is open again', () => {
    const { channel, acks, clock, state } = alone();
    state.open = false;
    channel.receive(1, 1, 'data', 'a');
    clock.advance(50);
    state.open = true;
    channel.resend();
    expect(acks).toEqual([{ upto: 1, missed: [] }]);
  });

  it('drops a repeat and acknowledges it again', () => {
    const { channel, acks, clock, delivered } = alone();
    channel.receive(1, 1, 'data', 'a');
    clock.advance(50);
    channel.receive(1, 1, 'data', 'a');
    clock.advance(50);
    expect(delivered).toEqual(['a']);
    expect(acks).toHaveLength(2);
  });

  it('lets a full copy replace an emptied one, and never the reverse', () => {
    const { channel, delivered, acks, clock } = alone();
    channel.receive(2, 1, 'data', undefined);
    channel.receive(2, 1, 'data', 'b');
    channel.receive(3, 1, 'data', 'c');
    channel.receive(3, 1, 'data', undefined);
    channel.receive(1, 1, 'data', undefined);
    clock.advance(50);
    expect(delivered).toEqual(['b', 'c']);
    expect(acks).toEqual([{ upto: 3, missed: [1] }]);
  });

  it('does not wait for numbers below the base, and counts them as missed', () => {
    const { channel, delivered, acks, clock } = alone();
    channel.receive(5, 4, 'data', 'e');
    channel.receive(4, 4, 'data', 'd');
    clock.advance(50);
    expect(delivered).toEqual(['d', 'e']);
    expect(acks).toEqual([{ upto: 5, missed: [1, 2, 3] }]);
  });

  it('hands over the numbers it holds below a higher base, in order', () => {
    const { channel, delivered, acks, clock } = alone();
    channel.receive(1, 1, 'data', 'a');
    channel.receive(5, 1, 'data', 'e');
    channel.receive(3, 1, 'data', 'c');
    channel.receive(7, 6, 'data', 'g');
    clock.advance(50);
    expect([delivered, acks.at(-1)]).toEqual([['a', 'c', 'e'], { upto: 5, missed: [2, 4] }]);
    channel.receive(6, 6, 'data', 'f');
    expect(delivered).toEqual(['a', 'c', 'e', 'f', 'g']);
  });

  it('holds no more than 64 numbers, and no more than 64 missed ones, whatever a peer sends', () => {
    const { channel, acks, clock } = alone();
    for (let seq = 2; seq < 1_000; seq++) channel.receive(seq, 1, 'data', 'x');
    expect(channel.sizes.held).toBe(64 - 1);
    channel.receive(2 ** 50, 2 ** 50, 'data', 'x');
    clock.advance(50);
    expect(channel.sizes.held).toBe(0);
    expect(acks.at(-1)?.upto).toBe(2 ** 50);
    expect(acks.at(-1)?.missed.length).toBeLessThanOrEqual(64);
    for (const bad of [0, -1, 1.5, Number.NaN, 2 ** 60]) channel.receive(bad, 1, 'data', 'x');
    channel.receive(3, 4, 'data', 'x');
    expect(channel.sizes.held).toBe(0);
  });

  it('reports a handler that throws, and goes on', () => {
    const { channel, delivered, reported, acks, clock } = alone();
    channel.receive(1, 1, 'data', 'throws');
    channel.receive(2, 1, 'data', 'b');
    clock.advance(50);
    expect(delivered).toEqual(['throws', 'b']);
    expect(reported).toHaveLength(1);
    expect(acks).toEqual([{ upto: 2, missed: [] }]);
  });
});
