import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ClientMessageType, DEFAULT_LIMITS, ProtocolError, type RoomId } from '@parley/protocol';
import { MemoryNode } from '../../../test/support/memory-node.js';
import { MemoryBusHub } from '../../bus/bus.memory.js';
import { MemoryPresenceStore } from '../../presence/memory/presence.memory.js';
import { costAfter, MESSAGE_COSTS } from '../../rate-limit/message-costs.js';

const ROOM = 'r1' as RoomId;
const TYPES = Object.keys(MESSAGE_COSTS) as ClientMessageType[];

/** A valid message of each type that a client in a room may send. */
const MESSAGES: Readonly<Record<Exclude<ClientMessageType, 'hello' | 'pong'>, object>> = {
  join: { room: 'r2' },
  leave: { room: ROOM },
  update: { room: ROOM, meta: {} },
  signal: { to: 'nobody', kind: 'offer' },
  ack: { to: 'nobody', upto: 1 },
  broadcast: { room: ROOM, kind: 'x' },
  chat: { room: ROOM, text: 'x' },
  history: { room: ROOM },
  refresh: { token: 'ada' },
  ping: {},
  answer_knock: { room: ROOM, knock: 'k', admit: true },
  kick: { room: ROOM, peer: 'nobody' },
  mute: { room: ROOM, peer: 'nobody' },
  permit: { room: ROOM, peer: 'nobody', chat: false },
  lock: { room: ROOM, locked: true },
};
const WITHOUT_ID: ReadonlySet<string> = new Set(['signal', 'ack', 'broadcast']);
const frameOf = (type: string, fields: object) => ({ type, ...(!WITHOUT_ID.has(type) && { id: 'm' }), ...fields });
const SENT = Object.entries(MESSAGES) as [keyof typeof MESSAGES, object][];

describe('the cost of messages', () => {
  let node: MemoryNode;
  const start = async (limits = {}) => {
    node = await new MemoryNode(new MemoryPresenceStore(), new MemoryBusHub(), {
      ...DEFAULT_LIMITS,
      ...limits,
    }).start();
    const client = node.connect('ada');
    await client.hello();
    await client.request({ type: 'join', room: ROOM });
    return client;
  };
  afterEach(() => node.stop());

  it('has an entry for every handler, and no other', async () => {
    await start();
    const handlers = readdirSync(new URL('./handlers', import.meta.url))
      .filter((name) => !name.includes('.spec.') && name !== 'handler.ts')
      .map((name) => name.replace('.ts', '').replaceAll('-', '_'));
    expect([...TYPES].sort()).toEqual(handlers.sort());
    expect(SENT.map(([type]) => type).sort()).toEqual(
      TYPES.filter((type) => type !== 'hello' && type !== 'pong').sort(),
    );
  });

  it.each(SENT)('charges the room for %s as the table says', async (type, fields) => {
    const client = await start();
    const charged: number[] = [];
    node.services.rooms.charge = (_room, _now, bytes) => {
      charged.push(bytes ?? 0);
      throw new ProtocolError('rate_limited');
    };
    client.send(frameOf(type, fields));
    await client.request({ type: 'ping' });
    const { toRoom } = MESSAGE_COSTS[type];
    if (toRoom === undefined) expect(charged).toEqual([]);
    else expect(charged).toEqual([toRoom === 'own' ? expect.any(Number) : toRoom]);
  });

  it.each(SENT)('takes %s from the request rate as the table says', async (type, fields) => {
    const client = await start({ requestBurst: 100, requestsPerSecond: 0.000_1 });
    const before = client.session.requests.left;
    client.send(frameOf(type, fields));
    await client.request({ type: 'ping' });
    expect(before - client.session.requests.left).toBe(MESSAGE_COSTS[type].requests);
  });

  it('charges large answers and rosters afterwards', async () => {
    const client = await start({ requestBurst: 100, requestsPerSecond: 0.000_1 });
    expect([costAfter('history', { bytes: 200_000 }), costAfter('leave', { peers: 200 })]).toEqual([12, 4]);
    expect([costAfter('ping', { bytes: 1e6, peers: 1e6 }), costAfter('leave', { bytes: 1e6 })]).toEqual([0, 0]);
    const before = client.session.requests.left;
    node.services.chat.page = async () => ({ messages: [], more: 'x'.repeat(200_000) }) as never;
    await client.request({ type: 'history', room: ROOM });
    expect(before - client.session.requests.left).toBe(1 + 12);
  });

  it('charges a join for the roster that it is sent', async () => {
    await start();
    const group = Array.from({ length: 90 }, (_, n) => node.connect(`peer${n}`));
    for (const peer of group) {
      await peer.hello();
      await peer.request({ type: 'join', room: 'large', meta: { text: 'x'.repeat(1_900) } });
    }
    const last = node.connect('last');
    await last.hello();
    expect((await last.request({ type: 'join', room: 'large' })).type).toBe('joined');
    // 180 KB in 16 KiB each, and a change of the roster that 91 peers are told.
    expect(last.session.requests.left).toBeLessThanOrEqual(DEFAULT_LIMITS.requestBurst - 1 - 10 - 1);
  });
});
