import { ReliableChannel } from '../signals/reliable-channel.js';
import type { SendResult } from '../signals/send-result.js';
import { seeded, VirtualClock } from './virtual-clock.js';

/** How bad the way is while the storm lasts: shares from 0 to 1, times in milliseconds. */
export interface Storm {
  readonly loss: number;
  readonly repeat: number;
  readonly deny: number;
  readonly delayMs: number;
  /** Longest time that one side's socket is down at once. */
  readonly downMs: number;
}

/** One signal's history. */
export interface Sent {
  readonly from: number;
  readonly id: number;
  readonly sentAt: number;
  denied: boolean;
  deliveredAt: number[];
  results: { readonly at: number; readonly result: SendResult }[];
}

/** What a run leaves behind to be judged. */
export interface Outcome {
  readonly sent: Sent[];
  /** Ids in the order they were handed over, by receiver. */
  readonly delivered: readonly [number[], number[]];
  readonly largest: { readonly pending: number; readonly held: number };
  readonly timersLeft: number;
}

/** Two real channels over a relay in virtual time: `seed` decides everything. The storm ends after 60 s. */
export const simulatePair = async (seed: number, storm: Storm, signals: number): Promise<Outcome> => {
  const random = seeded(seed);
  const clock = new VirtualClock();
  const stormMs = 60_000;
  const stormy = () => clock.now() < stormMs;
  const up = [true, true];
  const sent: Sent[] = [];
  const delivered: [number[], number[]] = [[], []];
  const largest = { pending: 0, held: 0 };
  const channels: ReliableChannel[] = [];

  const relay = (from: number, arrive: () => void) => {
    if (!up[from] || (stormy() && random() < storm.loss)) return;
    const copies = stormy() && random() < storm.repeat ? 2 : 1;
    for (let copy = 0; copy < copies; copy++)
      clock.setTimeout(
        () => {
          if (up[1 - from]) arrive();
        },
        stormy() ? random() ** 3 * storm.delayMs : 5,
      );
  };

  for (const me of [0, 1]) {
    channels[me] = new ReliableChannel({
      clock,
      transmitSignal: (seq, base, kind, body) => {
        const denied = stormy() && random() < storm.deny;
        if (denied) (sent[Number(body)] as Sent).denied = true;
        relay(me, () => channels[1 - me]?.receive(seq, base, kind, denied ? undefined : body));
      },
      transmitAck: (upto, missed) => {
        const copy = [...missed];
        relay(me, () => channels[1 - me]?.acknowledge(upto, copy));
        return up[me] as boolean;
      },
      deliver: (_kind, body) => {
        delivered[me]?.push(Number(body));
        sent[Number(body)]?.deliveredAt.push(clock.now());
      },
      report: (error) => {
        throw error;
      },
    });
  }

  const send = (from: number) => {
    const signal: Sent = { from, id: sent.length, sentAt: clock.now(), denied: false, deliveredAt: [], results: [] };
    sent.push(signal);
    channels[from]?.send('data', String(signal.id)).then((result) => {
      signal.results.push({ at: clock.now(), result });
    });
    for (const { sizes } of channels as [ReliableChannel, ReliableChannel]) {
      largest.pending = Math.max(largest.pending, sizes.pending);
      largest.held = Math.max(largest.held, sizes.held);
    }
  };
  for (let planned = 0; planned < signals; ) {
    const burst = random() < 0.05 ? 50 : 1;
    const at = random() * (stormMs + 10_000);
    const from = random() < 0.5 ? 0 : 1;
    for (let one = 0; one < burst; one++) clock.setTimeout(() => send(from), at);
    planned += burst;
  }
  for (const me of [0, 1])
    for (let at = random() * 20_000; at < stormMs; at += random() * 30_000) {
      const back = Math.min(stormMs, at + random() * storm.downMs);
      clock.setTimeout(() => {
        up[me] = false;
      }, at);
      clock.setTimeout(() => {
        up[me] = true;
        // The own welcome, and the other side's view of it.
        channels[me]?.resend();
        channels[1 - me]?.resend();
      }, back);
    }
  await clock.advanceAsync(stormMs + 100_000, 3);
  return { sent, delivered, largest, timersLeft: clock.timers };
};
