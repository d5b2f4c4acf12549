import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { type Receiver, templateOf } from './receiver-template.js';

const OWNER = Symbol('websocket');
const EVENTS = ['conclude', 'drain', 'error', 'message', 'ping', 'pong'];
const LISTENERS = EVENTS.map((event) => [event, () => undefined] as const);

const { Receiver: NewReceiver } = createRequire(import.meta.url)('ws') as {
  Receiver: new (options: object) => Receiver;
};

const received = (options: object = {}): { ws: WebSocket; receiver: Receiver } => {
  const ws = {} as WebSocket;
  const receiver = new NewReceiver({ isServer: true, maxPayload: 4_000, maxFragments: 8, ...options });
  receiver[OWNER] = ws;
  for (const [event, listener] of LISTENERS) receiver.on(event, listener);
  return { ws, receiver };
};

describe('the mould of a receiver', () => {
  test('makes what tells another socket just what the first one tells its own', () => {
    const { ws, receiver } = received();
    const template = templateOf(ws, receiver);
    const other = {} as WebSocket;
    const made = template?.make(other) as Receiver;
    expect(made).not.toBe(receiver);
    expect(made[OWNER]).toBe(other);
    expect([made._maxPayload, made['_maxFragments'], made['_isServer']]).toEqual([4_000, 8, true]);
    expect(made.eventNames()).toEqual(receiver.eventNames());
    for (const [event, listener] of LISTENERS) expect(made.listeners(event)).toEqual([listener]);
  });

  test('is one for all receivers alike', () => {
    const [one, other] = [received(), received()];
    expect(templateOf(one.ws, one.receiver)).toBe(templateOf(other.ws, other.receiver));
    const longer = received({ maxPayload: 8_000 });
    expect(templateOf(longer.ws, longer.receiver)?.maxPayload).toBe(8_000);
  });

  test('is none of a receiver that knows no socket, decompresses, or has more than is known of', () => {
    const { receiver } = received({ maxFragments: 9 });
    expect(templateOf({} as WebSocket, receiver)).toBeUndefined();
    const compressed = received({ maxFragments: 9, extensions: { 'permessage-deflate': {} } });
    expect(templateOf(compressed.ws, compressed.receiver)).toBeUndefined();
    const unexpected = received({ maxFragments: 9 });
    Object.assign(unexpected.receiver, { _maxMoons: 3 });
    expect(templateOf(unexpected.ws, unexpected.receiver)).toBeUndefined();
    const begun = received({ maxFragments: 9 });
    Object.assign(begun.receiver, { _bufferedBytes: 3 });
    expect(templateOf(begun.ws, begun.receiver)).toBeUndefined();
  });

  test('is kept of so many kinds, and no more', () => {
    const kinds = Array.from({ length: 40 }, (_, n) => received({ maxPayload: 10_000 + n }));
    const made = kinds.map(({ ws, receiver }) => templateOf(ws, receiver)).filter((template) => template !== undefined);
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThan(17);
    expect(templateOf(kinds[0]!.ws, kinds[0]!.receiver)).toBe(made[0]);
  });
});
