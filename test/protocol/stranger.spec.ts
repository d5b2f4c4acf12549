import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RawPeer } from './raw-peer.js';
import { Rest } from './rest.js';
import { startTarget } from './target.js';

const SOURCE = join(import.meta.dirname, 'stranger.py');

let rest: Rest;
let stopTarget: () => Promise<void>;
const ends: (() => void)[] = [];

beforeAll(async () => {
  const target = await startTarget();
  rest = new Rest(target.origin);
  stopTarget = target.stop;
}, 90_000);
afterAll(() => stopTarget());
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Runs the Python client until it ends; `joined` is its first line. */
const runStranger = (name: string, room?: string) => {
  const given = ['--url', rest.origin, '--name', name, ...(room === undefined ? [] : ['--room', room])];
  const child = spawn(process.env['PARLEY_PYTHON'] ?? 'python3', [SOURCE, ...given], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  ends.push(() => child.kill('SIGKILL'));
  const events: any[] = [];
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, complaint, events }));
  const joined = new Promise<{ room: string; peer: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      events.push(JSON.parse(line));
      resolve(events[0]);
    });
    ended.then(() => reject(new Error(`it ended before it joined:\n${complaint}`)), reject);
  });
  return { joined, ended };
};

const received = (events: any[]) =>
  events.filter(({ event }) => event === 'received').map(({ sender, kind, value }) => [sender, kind, value]);
const delivered = (events: any[]) =>
  events.filter(({ event }) => event === 'delivered').map(({ to, seq, kind }) => [to, seq, kind]);

describe('a client written from PROTOCOL.md alone', () => {
  it('has fewer than 150 lines', () => {
    expect(readFileSync(SOURCE, 'utf8').trimEnd().split('\n').length).toBeLessThan(150);
  });

  it('exchanges offer, answer and data with another one, each once, in order and with its result', async () => {
    const ada = runStranger('Ada');
    const { room, peer: adaPeer } = await ada.joined;
    const bob = runStranger('Bob', room);
    const { peer: bobPeer } = await bob.joined;

    for (const [outsider, other, first, answer] of [
      [ada, bobPeer, 'offer', 'answer'],
      [bob, adaPeer, 'answer', 'offer'],
    ] as const) {
      const { code, complaint, events } = await outsider.ended;
      expect([code, complaint]).toEqual([0, '']);
      expect(received(events)).toEqual([
        [other, answer, { type: answer, sdp: 'v=0' }],
        [other, 'data', 1],
        [other, 'data', 2],
        [other, 'data', 3],
      ]);
      expect(delivered(events)).toEqual([
        [other, 1, first],
        [other, 2, 'data'],
        [other, 3, 'data'],
        [other, 4, 'data'],
      ]);
      expect(events).toHaveLength(9);
    }
  }, 60_000);

  it('resends unacknowledged signals, delivers repetitions once, and waits for missing signals', async () => {
    const ada = runStranger('Ada');
    const { room, peer: to } = await ada.joined;
    const { accessToken } = await rest.register('Bob');
    const bob = await new RawPeer(rest.signaling).open();
    ends.push(() => bob.cut());
    await bob.hello(accessToken);
    const { peer: bobPeer } = await bob.request({ type: 'join', room });

    const offer = await bob.next('signal');
    expect(await bob.next('signal')).toEqual(offer);
    bob.send({ type: 'ack', to, upto: 1 });
    const send = (seq: number, base: number, kind: string, body: unknown) =>
      bob.send({ type: 'signal', to, seq, base, kind }, JSON.stringify(body));
    send(1, 1, 'answer', {});
    send(2, 1, 'data', 1);
    send(2, 1, 'data', 1);
    send(5, 1, 'data', 3);
    // The sender has given up the third: its base says so.
    send(4, 4, 'data', 2);
    const last = await bob.next((frame) => frame.type === 'ack' && frame['upto'] === 5, 'the ack of all five');
    expect(last).toMatchObject({ from: to, missed: [3] });
    bob.send({ type: 'ack', to, upto: 4, missed: [3] });

    const { code, complaint, events } = await ada.ended;
    expect([code, complaint]).toEqual([0, '']);
    expect(received(events)).toEqual([
      [bobPeer, 'answer', {}],
      [bobPeer, 'data', 1],
      [bobPeer, 'data', 2],
      [bobPeer, 'data', 3],
    ]);
    expect(delivered(events).map(([, seq]) => seq)).toEqual([1, 2, 4]);
    expect(events.filter(({ event }) => event === 'rejected')).toMatchObject([{ to: bobPeer, seq: 3 }]);
  }, 60_000);
});
