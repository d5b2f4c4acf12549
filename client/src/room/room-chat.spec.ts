import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { Clients, once } from '../testing/clients.js';
import type { FakeGateway } from '../testing/fake-gateway.js';

let clients: Clients;
let gateway: FakeGateway;

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});

afterEach(() => clients.stop());

const line = (seq: number) => ({
  id: `m${seq}`,
  seq,
  user: 'user-a',
  name: 'a',
  from: 'a',
  at: seq,
  text: `line ${seq}`,
});

describe('chat', () => {
  it('resolves a line once it is kept, sent again under the same id after a loss', async () => {
    const { room } = await clients.joined();
    gateway.script.frame = (frame, { send, socket }) => {
      if (frame.type !== 'chat') return false;
      if (gateway.of('chat').length === 1) socket.terminate();
      else send({ type: 'chat', re: frame.id, room: 'room', ...line(1), id: frame.id, text: frame.text });
      return true;
    };
    const stored = await room.sendChat('hello');
    expect(stored).toMatchObject({ seq: 1, text: 'hello' });
    expect(new Set(gateway.of('chat').map(({ id }) => id)).size).toBe(1);
  });

  it('fills what was missed during a break before what came after it, each line once', async () => {
    const { room } = await clients.joined();
    const seen: number[] = [];
    room.on('chat', ({ seq }) => seen.push(seq));
    await gateway.until(() => gateway.of('history').length === 1);
    gateway.current.send({ type: 'chat', room: 'room', ...line(1) });
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'history') return false;
      const after = Number(frame.after);
      const messages = after === 1 ? [line(2), line(3)] : after === 3 ? [line(4)] : [];
      if (after === 1) send({ type: 'chat', room: 'room', ...line(5) });
      send({ type: 'history', re: frame.id, room: 'room', messages, more: after === 1 });
      return true;
    };
    gateway.current.socket.close(1012);
    await gateway.until(() => gateway.of('history').length >= 3);
    const last = once((listener) => room.on('chat', ({ seq }) => seq === 6 && listener(seq)));
    gateway.current.send({ type: 'chat', room: 'room', ...line(3) });
    gateway.current.send({ type: 'chat', room: 'room', ...line(6) });
    await last;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('refuses a line that is longer than the limit', async () => {
    const { room } = await clients.joined();
    await expect(room.sendChat('x'.repeat(5_000))).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it('refuses more than 64 requests that wait', async () => {
    const { room } = await clients.joined();
    gateway.script.frame = ({ type }) => type === 'chat';
    const waiting = Array.from({ length: 64 }, (_, n) => room.sendChat(`line ${n}`).catch(() => {}));
    await expect(room.sendChat('one too many')).rejects.toMatchObject({ code: 'rate_limited' });
    await room.leave();
    await Promise.all(waiting);
  });
});
