import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS, ProtocolError } from '@parley/protocol';
import { MemoryNode } from '../../../test/support/memory-node.js';
import { MemoryBusHub } from '../../bus/bus.memory.js';
import { MemoryPresenceStore } from '../../presence/memory/presence.memory.js';

describe('requests that query a store', () => {
  let node: MemoryNode;

  beforeEach(async () => {
    const limits = { ...DEFAULT_LIMITS, requestBurst: 5, requestsPerSecond: 0.001 };
    node = await new MemoryNode(new MemoryPresenceStore(), new MemoryBusHub(), limits).start();
  });
  afterEach(() => node.stop());

  it('share a rate limit of their own, which pings and chat are not subject to', async () => {
    const client = node.connect('alice');
    await client.hello();
    await client.request({ type: 'join', room: 'r1' });
    for (let n = 0; n < 3; n += 1) await client.request({ type: 'update', room: 'r1', meta: { n } });
    await client.request({ type: 'history', room: 'r1' });
    for (const request of [
      { type: 'join', room: 'r2' },
      { type: 'update', room: 'r1', meta: {} },
      { type: 'history', room: 'r1' },
      { type: 'lock', room: 'r1', locked: true },
      { type: 'refresh', token: 'alice' },
      { type: 'leave', room: 'r1' },
    ]) {
      const answer = await client.request(request);
      expect(answer).toMatchObject({ type: 'error', code: 'rate_limited', retryAfterMs: expect.any(Number) });
    }
    expect(await client.request({ type: 'chat', room: 'r1', text: 'here' })).toMatchObject({ type: 'chat' });
    expect(await client.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });

  it('charge the room for the deliveries of an update', async () => {
    const client = node.connect('alice');
    await client.hello();
    await client.request({ type: 'join', room: 'r1' });
    node.services.rooms.charge = () => {
      throw new ProtocolError('rate_limited');
    };
    const answer = await client.request({ type: 'update', room: 'r1', meta: {} });
    expect(answer).toMatchObject({ type: 'error', code: 'rate_limited' });
  });
});
