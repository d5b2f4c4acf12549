import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisBus } from '../../src/bus/bus.redis.js';
import { RedisClient } from '../../src/redis/redis-client.js';
import { parseRedisUrl } from '../../src/redis/redis-url.js';
import { Subscription } from '../../src/redis/subscription.js';
import type { Faults } from '../faults/proxied-stream.js';
import { FaultProxy } from '../faults/proxy.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { aNode } from './presence.fixture.js';
import { PREFIX } from './redis.fixture.js';

/** Where the connection stalls: before SUBSCRIBE reaches Redis, or after. */
const STALLED: Readonly<Record<string, Faults>> = {
  'nothing passes for now': { hold: 'both' },
  'requests vanish': { blackhole: 'up' },
  'replies vanish': { swallowReplies: true },
  'everything vanishes': { blackhole: 'both' },
};

describe('a subscription that is closed while its connection to Redis stalls', () => {
  let redis: TestRedis;
  let path: FaultProxy;

  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);

  beforeEach(async () => {
    path = await FaultProxy.start(() => redis.servers.map(({ port }) => ({ host: '127.0.0.1', port })));
  });

  afterEach(() => path.stop());

  afterAll(() => redis.stop());

  const urlOf = ({ port }: FaultProxy): string => `redis://127.0.0.1:${port}`;

  const channels = async (): Promise<string[]> =>
    ((await redis.command('pubsub', 'channels')) as [string[]])[0].toSorted();

  const subscribe = (channel: string, onSubscribed: () => void = () => {}): Subscription =>
    new Subscription(parseRedisUrl(urlOf(path)), channel, { onSubscribed, onPayload: () => {}, onLost: () => {} });

  it.each(Object.entries(STALLED))('leaves neither a connection nor a channel: %s', async (_title, faults) => {
    path.set(faults);
    subscribe('at once').close();
    const connecting = subscribe('connecting');
    await until(() => path.size === 1);
    connecting.close();
    path.heal();
    // Without a connection, nothing can subscribe later.
    await until(() => path.size === 0);
    const stored = await new Promise<Subscription>((resolve) => {
      const subscription = subscribe('kept', () => resolve(subscription));
    });
    expect(await channels()).toEqual(['kept']);
    stored.close();
    await until(async () => path.size === 0 && (await channels()).length === 0);
  });

  it.each(Object.entries(STALLED))('leaves one channel to a node that took new ids: %s', async (_title, faults) => {
    const link = new RedisClient(urlOf(path), PREFIX);
    const bus = new RedisBus(link, async () => [], { timers: { probeMs: 100, timeoutMs: 500 } });
    const [first, second, last] = [aNode(), aNode(), aNode()];
    await bus.listen(first);
    expect(await channels()).toEqual([link.keys.channel(first)]);
    path.set(faults);
    // The node receives no probes, and tries again on connections that stall too.
    await until(() => !bus.available);
    void bus.listen(second);
    const listens = bus.listen(last);
    path.heal();
    await listens;
    // One for commands, one for the subscription.
    await until(async () => path.size === 2 && (await channels()).length === 1);
    expect(await channels()).toEqual([link.keys.channel(last)]);
    await bus.close();
    link.close();
    await until(async () => path.size === 0 && (await channels()).length === 0);
  });
});
