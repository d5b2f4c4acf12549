import { expect, it } from '@jest/globals';
import { TOPIC_LIMITS, TopicRefused } from '../../src/topics/topics.js';
import { until } from '../support/until.js';
import { aTopic, listen, say, type TopicsFixture } from './topics.fixture.js';

const refusal = (call: () => unknown): string | undefined => {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof TopicRefused ? error.code : String(error);
  }
};

/** The limits of every adapter of `Topics`. */
export const topicLimitsContract = (fixture: () => TopicsFixture): void => {
  it('refuses and counts what exceeds its limits, and changes nothing', async () => {
    const limits = { ...TOPIC_LIMITS, maxTopicBytes: 16, maxTopicsPerClient: 2, maxTopics: 3 };
    const small = await fixture().node(limits);
    const [a, b] = [listen(small), listen(small)];
    expect(refusal(() => a.subscribe('☃☃☃☃☃☃'))).toBe('topic_too_long');
    const subscribed = Promise.all([a.subscribe('one'), a.subscribe('two'), b.subscribe('three')]);
    expect(refusal(() => a.subscribe('three'))).toBe('too_many_topics');
    expect(refusal(() => b.subscribe('four'))).toBe('node_full');
    expect(await subscribed).toEqual([true, true, true]);
    expect(small.stats).toMatchObject({ topics: 3, subscriptions: 3, refused: 3 });
    a.unsubscribe('one');
    expect(await b.subscribe('four')).toBe(true);
    await small.close();
  });

  it('limits the share of one address and of one user', async () => {
    const shared = await fixture().node({
      ...TOPIC_LIMITS,
      maxTopicsPerAddress: 3,
      maxTopicsPerUser: 2,
      maxBytes: 16_384,
    });
    const callbacks = { onPayload() {}, onGap() {} };
    const join = (address?: string, user?: string) => shared.join(callbacks, { address, user });
    const [a, b, c, other] = [join('a', 'ada'), join('b', 'ada'), join('a'), join('c', 'bob')];
    expect(await Promise.all([a.subscribe('1'), b.subscribe('2')])).toEqual([true, true]);
    expect(refusal(() => a.subscribe('3'))).toBe('share_used_up');
    expect(await Promise.all([c.subscribe('3'), c.subscribe('4')])).toEqual([true, true]);
    expect(refusal(() => c.subscribe('5'))).toBe('share_used_up');
    expect(await other.subscribe('5')).toBe(true);
    // A quarter of the node's bytes, even for few topics.
    void other.subscribe('6');
    expect(refusal(() => other.publish('6', Buffer.alloc(4_000)))).toBe('share_used_up');
    a.unsubscribe('1');
    expect(await c.subscribe('6')).toBe(true);
    for (const client of [a, b, c, other]) client.leave();
    expect(shared.stats.bytes).toBe(0);
    await shared.close();
  });

  it('limits the bytes of one client', async () => {
    const small = await fixture().node({ ...TOPIC_LIMITS, maxBytesPerClient: 2_048 });
    const greedy = listen(small);
    const names = Array.from({ length: 6 }, (_, n) => `${n}`.repeat(200));
    for (const name of names.slice(0, 4)) void greedy.subscribe(name);
    expect(refusal(() => greedy.subscribe(names[4] as string))).toBe('too_many_topics');
    greedy.unsubscribe(names[0] as string);
    expect(await greedy.subscribe(names[5] as string)).toBe(true);
    await small.close();
  });

  it('limits the bytes of the node', async () => {
    const small = await fixture().node({ ...TOPIC_LIMITS, maxTopicsPerClient: 1_000, maxBytes: 64 * 1024 });
    const greedy = listen(small);
    let taken = 0;
    const flood = () => {
      for (; taken < 1_000; taken += 1) void greedy.subscribe(`${taken}`);
    };
    expect(refusal(flood)).toBe('node_full');
    expect(taken).toBeGreaterThan(20);
    expect(small.stats.bytes).toBeLessThanOrEqual(64 * 1024);
    greedy.leave();
    expect(small.stats.bytes).toBe(0);
    await small.close();
  });

  it('delays the publishers of a topic that exceeds its rate, and no others', async () => {
    const slow = await fixture().node({ ...TOPIC_LIMITS, deliveries: { burst: 10, perSecond: 0.01 } });
    const [topic, other] = [aTopic(), aTopic()];
    const [a, b] = [listen(slow), listen(slow)];
    await Promise.all([a.subscribe(topic), b.subscribe(topic), b.subscribe(other)]);
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      waits.push(say(a, topic, `${i}`));
      await until(() => b.received.includes(`${topic} ${i}`));
    }
    // Each publication is two deliveries, and the burst is ten.
    expect(waits.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(waits.at(-1)).toBeGreaterThan(0);
    expect(say(b, other, 'x')).toBe(0);
    await slow.close();
  });

  it('delivers publications of another node in order at its own rate, and delays the publisher there', async () => {
    const topic = aTopic();
    const [near, far] = [
      await fixture().node({ ...TOPIC_LIMITS, deliveries: { burst: 10, perSecond: 500 } }),
      await fixture().node(),
    ];
    const publisher = listen(far);
    const audience = Array.from({ length: 5 }, () => listen(near));
    for (const listener of [publisher, ...audience]) await listener.subscribe(topic);
    const sent: string[] = [];
    const publish = () => {
      sent.push(`${topic} ${sent.length}`);
      return say(publisher, topic, `${sent.length - 1}`);
    };
    // Each is one delivery on the publisher's node, within its rate, and five on the other one.
    for (let n = 0; n < 50; n += 1) expect(publish()).toBe(0);
    await until(() => publish() > 0);
    for (const listener of audience) {
      await until(() => listener.received.length === sent.length);
      expect([listener.received, listener.gaps]).toEqual([sent, 0]);
    }
    expect(near.stats.deferred).toBeGreaterThan(0);
    expect(far.stats.deferred).toBe(0);
    for (const listener of [publisher, ...audience]) listener.leave();
    await Promise.all([near.close(), far.close()]);
  });

  it('charges publications to topics without local subscribers like those with many', async () => {
    const slow = await fixture().node({ ...TOPIC_LIMITS, deliveries: { burst: 200, perSecond: 0.01 } });
    const outsider = listen(slow);
    expect([say(outsider, aTopic(), 'x'), say(outsider, aTopic(), 'x')]).toEqual([0, 0]);
    expect(say(outsider, aTopic(), 'x')).toBeGreaterThan(0);
    await slow.close();
  });

  it('limits what is queued until the subscription is acknowledged', async () => {
    const topic = aTopic();
    const node = await fixture().node();
    const hasty = listen(node);
    void hasty.subscribe(topic);
    const flood = () => {
      for (let i = 0; i < 100; i += 1) hasty.publish(topic, Buffer.alloc(10_000));
    };
    expect(refusal(flood)).toBe('too_much_waits');
    hasty.leave();
    await node.close();
  });
};
