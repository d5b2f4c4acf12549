import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPIC_LIMITS, TopicRefused, type Topics } from '../../src/topics/topics.js';
import { until } from '../support/until.js';
import { aTopic, barrier, type Listener, listen, say, type TopicsFixture } from './topics.fixture.js';

const refusal = (call: () => unknown): string | undefined => {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof TopicRefused ? error.code : String(error);
  }
};

/** What every adapter of {@link Topics} must do. */
export const topicsContract = (title: string, start: () => Promise<TopicsFixture>, rounds = 40): void => {
  describe(`topics: ${title}`, () => {
    let fixture: TopicsFixture;
    let nodes: [Topics, Topics, Topics];

    beforeAll(async () => {
      fixture = await start();
      nodes = [await fixture.node(), await fixture.node(), await fixture.node()];
    }, 60_000);

    afterAll(() => fixture.stop(), 60_000);

    /** Listeners on three nodes that hear a topic. */
    const audience = async (topic: string): Promise<[Listener, Listener, Listener]> => {
      const listeners = nodes.map(listen) as [Listener, Listener, Listener];
      expect(await Promise.all(listeners.map((listener) => listener.subscribe(topic)))).toEqual([true, true, true]);
      return listeners;
    };

    it('brings a publication to every subscriber, the publisher too, in order and as it was', async () => {
      const topic = aTopic();
      const [one, two, three] = await audience(topic);
      const sent = Array.from({ length: 300 }, (_, i) => `${i} \n\u0000 ☃`);
      for (const [i, text] of sent.entries()) {
        say(one, topic, text);
        if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const listener of [one, two, three]) {
        await until(() => listener.heard.length === sent.length);
        expect(listener.heard).toEqual(sent.map((text) => `${topic} ${text}`));
      }
    });

    it('brings what many publish in one order to all', async () => {
      const topic = aTopic();
      const listeners = await audience(topic);
      for (let i = 0; i < 60; i += 1) {
        for (const [n, listener] of listeners.entries()) say(listener, topic, `${n}:${i}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const { heard } of listeners) await until(() => heard.length === 180);
      expect(listeners[1].heard).toEqual(listeners[0].heard);
      expect(listeners[2].heard).toEqual(listeners[0].heard);
    });

    it('keeps bytes that are no text, and payloads without any', async () => {
      const topic = aTopic();
      const heard: Buffer[] = [];
      const reader = nodes[1].join({ onPayload: (_, payload) => heard.push(Buffer.from(payload)), onGap: () => {} });
      await reader.subscribe(topic);
      const sent = [Buffer.from([0, 255, 10, 13, 128]), Buffer.alloc(0), Buffer.alloc(300_000, 7)];
      const writer = listen(nodes[0]);
      for (const payload of sent) writer.publish(topic, payload);
      await until(() => heard.length === sent.length);
      expect(heard.map((payload, i) => payload.equals(sent[i] as Buffer))).toEqual([true, true, true]);
    });

    it('publishes also for one who is not subscribed, and tells subscribers of that topic alone', async () => {
      const [topic, other] = [aTopic(), aTopic()];
      const [, two, three] = await audience(topic);
      await three.subscribe(other);
      const outsider = listen(nodes[0]);
      say(outsider, topic, 'hello');
      say(outsider, other, 'psst');
      await barrier(outsider, three, topic);
      await barrier(outsider, three, other);
      await barrier(outsider, two, topic);
      expect(two.heard.some((claimed) => claimed.startsWith(other))).toBe(false);
      expect(two.heard[0]).toBe(`${topic} hello`);
      expect(three.heard).toContain(`${other} psst`);
      expect(outsider.heard).toEqual([]);
    });

    it('hears once however often one subscribes, and not any more after unsubscribing', async () => {
      const topic = aTopic();
      const [one, two] = await audience(topic);
      expect(await two.subscribe(topic)).toBe(true);
      await barrier(one, two, topic);
      expect(two.heard).toHaveLength(1);
      two.unsubscribe(topic);
      two.unsubscribe(topic);
      say(one, topic, 'after');
      await barrier(one, one, topic);
      // The same way once more: what was published to the topic is past by now.
      expect(await two.subscribe(topic)).toBe(true);
      await barrier(one, two, topic);
      expect(two.heard).not.toContain(`${topic} after`);
    });

    it('counts the subscribers of the node', async () => {
      const topic = aTopic();
      const [one, two] = await audience(topic);
      const more = listen(nodes[1]);
      await more.subscribe(topic);
      await barrier(one, two, topic);
      await barrier(one, one, topic);
      expect([one.counts.at(-1), two.counts.at(-1), more.counts.at(-1)]).toEqual([1, 2, 2]);
      more.leave();
      await barrier(one, two, topic);
      expect(two.counts.at(-1)).toBe(1);
    });

    it('holds what is published before the subscription is acknowledged, in order, and the publisher hears it', async () => {
      const topic = aTopic();
      const [one] = await audience(topic);
      const fresh = listen(nodes[1]);
      void fresh.subscribe(topic);
      const sent = ['a', 'b', 'c', 'd'];
      for (const text of sent) say(fresh, topic, text);
      const claimed = sent.map((text) => `${topic} ${text}`);
      await until(() => fresh.heard.length >= sent.length && one.heard.length >= sent.length);
      expect([fresh.heard, one.heard]).toEqual([claimed, claimed]);
    });

    it('lets out what was published before an unsubscribe', async () => {
      const topic = aTopic();
      const [one] = await audience(topic);
      const brief = listen(nodes[2]);
      const acknowledged = brief.subscribe(topic);
      say(brief, topic, 'farewell');
      brief.unsubscribe(topic);
      expect(await acknowledged).toBe(false);
      await until(() => one.heard.includes(`${topic} farewell`));
      expect(brief.heard).toEqual([]);
    });

    it('follows a quick change of mind', async () => {
      const topic = aTopic();
      const [one] = await audience(topic);
      const fickle = listen(nodes[1]);
      for (let i = 0; i < 10; i += 1) {
        void fickle.subscribe(topic);
        fickle.unsubscribe(topic);
      }
      expect(await fickle.subscribe(topic)).toBe(true);
      await barrier(one, fickle, topic);
      expect(fickle.heard).toHaveLength(1);
    });

    /** Two on two nodes subscribe and announce at the same moment. @returns whether each heard the other */
    const race = async (apart: () => Promise<unknown>): Promise<[boolean, boolean]> => {
      const topic = aTopic();
      const [a, b] = [listen(nodes[0]), listen(nodes[1])];
      const enter = async (member: Listener, name: string) => {
        const acknowledged = member.subscribe(topic);
        await apart();
        say(member, topic, name);
        expect(await acknowledged).toBe(true);
      };
      await Promise.all([enter(a, 'a'), enter(b, 'b')]);
      await barrier(a, a, topic);
      await barrier(a, b, topic);
      await barrier(b, a, topic);
      const met: [boolean, boolean] = [a.heard.includes(`${topic} b`), b.heard.includes(`${topic} a`)];
      a.leave();
      b.leave();
      return met;
    };

    it.each([
      ['in the same moment', () => Promise.resolve()],
      ['and their announcements a little later', () => new Promise((resolve) => setImmediate(resolve))],
    ])(
      'of two who come and announce themselves %s exactly one hears the other',
      async (_, apart) => {
        const met: [boolean, boolean][] = [];
        for (let round = 0; round < rounds; round += 1) met.push(await race(apart));
        expect(met.filter(([a, b]) => !a && !b)).toHaveLength(0);
        expect(met.filter(([a, b]) => a && b)).toHaveLength(0);
      },
      120_000,
    );

    it('goes on when a listener throws', async () => {
      const topic = aTopic();
      const heard: string[] = [];
      const clumsy = nodes[0].join({
        onPayload: (_, payload) => {
          heard.push(String(payload));
          throw new Error('clumsy');
        },
        onGap: () => {},
      });
      await clumsy.subscribe(topic);
      const [one] = await audience(topic);
      say(clumsy, topic, 'x');
      await barrier(one, one, topic);
      expect(one.heard).toContain(`${topic} x`);
      expect(heard).toHaveLength(2);
      clumsy.leave();
    });

    it('forgets a topic with its last subscriber on the node', async () => {
      const before = { ...nodes[0].stats };
      const topic = aTopic();
      const [a, b] = [listen(nodes[0]), listen(nodes[0])];
      await Promise.all([a.subscribe(topic), b.subscribe(topic)]);
      expect(nodes[0].stats).toMatchObject({ topics: before.topics + 1, subscriptions: before.subscriptions + 2 });
      a.unsubscribe(topic);
      expect(nodes[0].stats.topics).toBe(before.topics + 1);
      b.leave();
      b.leave();
      const { topics, subscriptions, bytes } = nodes[0].stats;
      expect({ topics, subscriptions, bytes }).toEqual({
        topics: before.topics,
        subscriptions: before.subscriptions,
        bytes: before.bytes,
      });
    });

    it('does nothing any more for one who left', async () => {
      const topic = aTopic();
      const gone = listen(nodes[0]);
      gone.leave();
      expect(await gone.subscribe(topic)).toBe(false);
      say(gone, topic, 'x');
      expect(gone.gaps).toBe(0);
    });

    it('refuses what is beyond its limits, counts that, and changes nothing', async () => {
      const limits = { ...TOPIC_LIMITS, maxTopicBytes: 16, maxTopicsPerClient: 2, maxTopics: 3 };
      const small = await fixture.node(limits);
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

    it('gives one address, and one user, no more than a share of the node', async () => {
      const shared = await fixture.node({
        ...TOPIC_LIMITS,
        maxTopicsPerAddress: 3,
        maxTopicsPerUser: 2,
        maxBytes: 16_384,
      });
      const heard = { onPayload() {}, onGap() {} };
      const join = (address?: string, user?: string) => shared.join(heard, { address, user });
      const [a, b, c, other] = [join('a', 'ada'), join('b', 'ada'), join('a'), join('c', 'bob')];
      expect(await Promise.all([a.subscribe('1'), b.subscribe('2')])).toEqual([true, true]);
      expect(refusal(() => a.subscribe('3'))).toBe('share_used_up');
      expect(await Promise.all([c.subscribe('3'), c.subscribe('4')])).toEqual([true, true]);
      expect(refusal(() => c.subscribe('5'))).toBe('share_used_up');
      expect(await other.subscribe('5')).toBe(true);
      // A quarter of the node's bytes, however few the topics are.
      void other.subscribe('6');
      expect(refusal(() => other.publish('6', Buffer.alloc(4_000)))).toBe('share_used_up');
      a.unsubscribe('1');
      expect(await c.subscribe('6')).toBe(true);
      for (const client of [a, b, c, other]) client.leave();
      expect(shared.stats.bytes).toBe(0);
      await shared.close();
    });

    it('keeps no more bytes of one client than it may', async () => {
      const small = await fixture.node({ ...TOPIC_LIMITS, maxBytesPerClient: 2_048 });
      const greedy = listen(small);
      const names = Array.from({ length: 6 }, (_, n) => `${n}`.repeat(200));
      for (const name of names.slice(0, 4)) void greedy.subscribe(name);
      expect(refusal(() => greedy.subscribe(names[4] as string))).toBe('too_many_topics');
      greedy.unsubscribe(names[0] as string);
      expect(await greedy.subscribe(names[5] as string)).toBe(true);
      await small.close();
    });

    it('keeps no more bytes than it may', async () => {
      const small = await fixture.node({ ...TOPIC_LIMITS, maxTopicsPerClient: 1_000, maxBytes: 64 * 1024 });
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

    it('asks publishers to wait when a topic delivers more than its rate, and others not', async () => {
      const slow = await fixture.node({ ...TOPIC_LIMITS, deliveries: { burst: 10, perSecond: 0.01 } });
      const [topic, other] = [aTopic(), aTopic()];
      const [a, b] = [listen(slow), listen(slow)];
      await Promise.all([a.subscribe(topic), b.subscribe(topic), b.subscribe(other)]);
      const waits: number[] = [];
      for (let i = 0; i < 8; i += 1) {
        waits.push(say(a, topic, `${i}`));
        await until(() => b.heard.includes(`${topic} ${i}`));
      }
      // Each is two deliveries, and ten of them cost nothing.
      expect(waits.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
      expect(waits.at(-1)).toBeGreaterThan(0);
      expect(say(b, other, 'x')).toBe(0);
      await slow.close();
    });

    it('delivers what another node publishes at the rate of this one, in order, and slows the publisher there', async () => {
      const topic = aTopic();
      const [near, far] = [
        await fixture.node({ ...TOPIC_LIMITS, deliveries: { burst: 10, perSecond: 500 } }),
        await fixture.node(),
      ];
      const publisher = listen(far);
      const audience = Array.from({ length: 5 }, () => listen(near));
      for (const listener of [publisher, ...audience]) await listener.subscribe(topic);
      const sent: string[] = [];
      const publish = () => {
        sent.push(`${topic} ${sent.length}`);
        return say(publisher, topic, `${sent.length - 1}`);
      };
      // One delivery each on its own node, which are within the rate there, and five on the other.
      for (let n = 0; n < 50; n += 1) expect(publish()).toBe(0);
      await until(() => publish() > 0);
      for (const listener of audience) {
        await until(() => listener.heard.length === sent.length);
        expect([listener.heard, listener.gaps]).toEqual([sent, 0]);
      }
      expect(near.stats.deferred).toBeGreaterThan(0);
      expect(far.stats.deferred).toBe(0);
      for (const listener of [publisher, ...audience]) listener.leave();
      await Promise.all([near.close(), far.close()]);
    });

    it('charges who publishes elsewhere than this node hears, by a large audience', async () => {
      const slow = await fixture.node({ ...TOPIC_LIMITS, deliveries: { burst: 200, perSecond: 0.01 } });
      const outsider = listen(slow);
      expect([say(outsider, aTopic(), 'x'), say(outsider, aTopic(), 'x')]).toEqual([0, 0]);
      expect(say(outsider, aTopic(), 'x')).toBeGreaterThan(0);
      await slow.close();
    });

    it('holds no more for one who publishes too early than it may', async () => {
      const topic = aTopic();
      const hasty = listen(nodes[0]);
      void hasty.subscribe(topic);
      const flood = () => {
        for (let i = 0; i < 100; i += 1) hasty.publish(topic, Buffer.alloc(10_000));
      };
      expect(refusal(flood)).toBe('too_much_waits');
      hasty.leave();
    });
  });
};
