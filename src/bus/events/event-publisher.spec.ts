import { describe, expect, it } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { RedisKeys } from '../../redis/keys.js';
import type { RedisLink } from '../../redis/redis-client.js';
import { FactCourier, MAX_WAITING_FACTS } from './event-publisher.js';

/** A Redis where nobody is subscribed until `listening` says so. */
const start = () => {
  const state = { listening: false, nodes: ['one'] as NodeId[], published: [] as string[] };
  const publish = async (_channel: string, payload: Buffer) => {
    state.published.push(payload.toString());
    return state.listening ? 1 : 0;
  };
  const link = { keys: new RedisKeys('p'), commands: { publish } } as unknown as RedisLink;
  return { state, courier: new FactCourier(link, async () => state.nodes) };
};

describe('facts for nodes that do not listen', () => {
  it('keeps the newest ones only, and hands them over in order', async () => {
    const { state, courier } = start();
    for (let i = 0; i < MAX_WAITING_FACTS + 5; i += 1) await courier.announce(Buffer.from(`${i}`), 'one' as NodeId);
    state.published = [];
    state.listening = true;
    await courier.retry();
    expect(state.published).toEqual(Array.from({ length: MAX_WAITING_FACTS }, (_, i) => `${i + 5}`));
    await courier.retry();
    expect(state.published).toHaveLength(MAX_WAITING_FACTS);
  });

  it('forgets them when the lease of the node ended', async () => {
    const { state, courier } = start();
    await courier.announce(Buffer.from('fact'), 'one' as NodeId);
    state.nodes = [];
    state.published = [];
    await courier.retry();
    state.nodes = ['one' as NodeId];
    await courier.retry();
    expect(state.published).toEqual([]);
  });
});
