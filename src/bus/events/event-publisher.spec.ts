import { describe, expect, it } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { RedisKeys } from '../../redis/keys.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { EventPublisher, MAX_WAITING_EVENTS } from './event-publisher.js';

/** A Redis without subscribers until `listening` is true. */
const start = () => {
  const state = { listening: false, nodes: ['one'] as NodeId[], published: [] as string[] };
  const publish = async (_channel: string, payload: Buffer) => {
    state.published.push(payload.toString());
    return state.listening ? 1 : 0;
  };
  const redis = { keys: new RedisKeys('p'), commands: { publish } } as unknown as RedisClient;
  return { state, publisher: new EventPublisher(redis, async () => state.nodes) };
};

describe('events for nodes that are not subscribed', () => {
  it('keeps the newest ones only, and publishes them in order', async () => {
    const { state, publisher } = start();
    for (let i = 0; i < MAX_WAITING_EVENTS + 5; i += 1)
      await publisher.publishToAll(Buffer.from(`${i}`), 'one' as NodeId);
    state.published = [];
    state.listening = true;
    await publisher.retry();
    expect(state.published).toEqual(Array.from({ length: MAX_WAITING_EVENTS }, (_, i) => `${i + 5}`));
    await publisher.retry();
    expect(state.published).toHaveLength(MAX_WAITING_EVENTS);
  });

  it('drops them when the lease of the node ends', async () => {
    const { state, publisher } = start();
    await publisher.publishToAll(Buffer.from('event'), 'one' as NodeId);
    state.nodes = [];
    state.published = [];
    await publisher.retry();
    state.nodes = ['one' as NodeId];
    await publisher.retry();
    expect(state.published).toEqual([]);
  });
});
