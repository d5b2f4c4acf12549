import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Topics } from '../../src/topics/topics.js';
import { until } from '../support/until.js';
import { aTopic, barrier, type Listener, listen, say, type TopicsFixture } from './topics.fixture.js';
import { topicLimitsContract } from './topics.limits.contract.js';

/** The contract of every adapter of {@link Topics}. */
export const topicsContract = (title: string, start: () => Promise<TopicsFixture>, rounds = 40): void => {
  describe(`topics: ${title}`, () => {
    let fixture: TopicsFixture;
    let nodes: [Topics, Topics, Topics];

    beforeAll(async () => {
      fixture = await start();
      nodes = [await fixture.node(), await fixture.node(), await fixture.node()];
    }, 60_000);

    afterAll(() => fixture.stop(), 60_000);

    topicLimitsContract(() => fixture);

    /** Subscribes a listener on each of three nodes. */
    const subscribeAll = async (topic: string): Promise<[Listener, Listener, Listener]> => {
      const listeners = nodes.map(listen) as [Listener, Listener, Listener];
      expect(await Promise.all(listeners.map((listener) => listener.subscribe(topic)))).toEqual([true, true, true]);
      return listeners;
    };

    it('delivers publications unchanged and in order to every subscriber, including the publisher', async () => {
      const topic = aTopic();
      const [one, two, three] = await subscribeAll(topic);
      const sent = Array.from({ length: 300 }, (_, i) => `${i} \n\u0000 ☃`);
      for (const [i, text] of sent.entries()) {
        say(one, topic, text);
        if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const listener of [one, two, three]) {
        await until(() => listener.received.length === sent.length);
        expect(listener.received).toEqual(sent.map((text) => `${topic} ${text}`));
      }
    });

    it('delivers the publications of several publishers to all in one order', async () => {
      const topic = aTopic();
      const listeners = await subscribeAll(topic);
      for (let i = 0; i < 60; i += 1) {
        for (const [n, listener] of listeners.entries()) say(listener, topic, `${n}:${i}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const { received } of listeners) await until(() => received.length === 180);
      expect(listeners[1].received).toEqual(listeners[0].received);
      expect(listeners[2].received).toEqual(listeners[0].received);
    });

    it('delivers binary payloads and empty ones', async () => {
      const topic = aTopic();
      const received: Buffer[] = [];
      const reader = nodes[1].join({ onPayload: (_, payload) => received.push(Buffer.from(payload)), onGap: () => {} });
      await reader.subscribe(topic);
      const sent = [Buffer.from([0, 255, 10, 13, 128]), Buffer.alloc(0), Buffer.alloc(300_000, 7)];
      const writer = listen(nodes[0]);
      for (const payload of sent) writer.publish(topic, payload);
      await until(() => received.length === sent.length);
      expect(received.map((payload, i) => payload.equals(sent[i] as Buffer))).toEqual([true, true, true]);
    });

    it('publishes for clients that are not subscribed, to the subscribers of the topic alone', async () => {
      const [topic, other] = [aTopic(), aTopic()];
      const [, two, three] = await subscribeAll(topic);
      await three.subscribe(other);
      const outsider = listen(nodes[0]);
      say(outsider, topic, 'hello');
      say(outsider, other, 'psst');
      await barrier(outsider, three, topic);
      await barrier(outsider, three, other);
      await barrier(outsider, two, topic);
      expect(two.received.some((entry) => entry.startsWith(other))).toBe(false);
      expect(two.received[0]).toBe(`${topic} hello`);
      expect(three.received).toContain(`${other} psst`);
      expect(outsider.received).toEqual([]);
    });

    it('delivers once after repeated subscriptions, and nothing after unsubscribing', async () => {
      const topic = aTopic();
      const [one, two] = await subscribeAll(topic);
      expect(await two.subscribe(topic)).toBe(true);
      await barrier(one, two, topic);
      expect(two.received).toHaveLength(1);
      two.unsubscribe(topic);
      two.unsubscribe(topic);
      say(one, topic, 'after');
      await barrier(one, one, topic);
      // Subscribed again: a publication on the same ordered path proves that the earlier one did not arrive.
      expect(await two.subscribe(topic)).toBe(true);
      await barrier(one, two, topic);
      expect(two.received).not.toContain(`${topic} after`);
    });

    it('counts the subscribers of the node', async () => {
      const topic = aTopic();
      const [one, two] = await subscribeAll(topic);
      const more = listen(nodes[1]);
      await more.subscribe(topic);
      await barrier(one, two, topic);
      await barrier(one, one, topic);
      expect([one.counts.at(-1), two.counts.at(-1), more.counts.at(-1)]).toEqual([1, 2, 2]);
      more.leave();
      await barrier(one, two, topic);
      expect(two.counts.at(-1)).toBe(1);
    });

    it('queues publications until the subscription is acknowledged, and delivers them to the publisher too', async () => {
      const topic = aTopic();
      const [one] = await subscribeAll(topic);
      const early = listen(nodes[1]);
      void early.subscribe(topic);
      const sent = ['a', 'b', 'c', 'd'];
      for (const text of sent) say(early, topic, text);
      const expected = sent.map((text) => `${topic} ${text}`);
      await until(() => early.received.length >= sent.length && one.received.length >= sent.length);
      expect([early.received, one.received]).toEqual([expected, expected]);
    });

    it('publishes what was queued before an unsubscribe', async () => {
      const topic = aTopic();
      const [one] = await subscribeAll(topic);
      const brief = listen(nodes[2]);
      const acknowledged = brief.subscribe(topic);
      say(brief, topic, 'farewell');
      brief.unsubscribe(topic);
      expect(await acknowledged).toBe(false);
      await until(() => one.received.includes(`${topic} farewell`));
      expect(brief.received).toEqual([]);
    });

    it('follows alternating subscriptions and unsubscriptions', async () => {
      const topic = aTopic();
      const [one] = await subscribeAll(topic);
      const undecided = listen(nodes[1]);
      for (let i = 0; i < 10; i += 1) {
        void undecided.subscribe(topic);
        undecided.unsubscribe(topic);
      }
      expect(await undecided.subscribe(topic)).toBe(true);
      await barrier(one, undecided, topic);
      expect(undecided.received).toHaveLength(1);
    });

    /**
     * Subscribes clients on two nodes, which announce themselves at the same time. @returns whether each received the
     * other
     */
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
      const met: [boolean, boolean] = [a.received.includes(`${topic} b`), b.received.includes(`${topic} a`)];
      a.leave();
      b.leave();
      return met;
    };

    it.each([
      ['in the same turn', () => Promise.resolve()],
      ['in the next turn', () => new Promise((resolve) => setImmediate(resolve))],
    ])(
      'of two clients that subscribe and announce themselves %s, exactly one receives the other',
      async (_, apart) => {
        const met: [boolean, boolean][] = [];
        for (let round = 0; round < rounds; round += 1) met.push(await race(apart));
        expect(met.filter(([a, b]) => !a && !b)).toHaveLength(0);
        expect(met.filter(([a, b]) => a && b)).toHaveLength(0);
      },
      120_000,
    );

    it('continues after a listener throws', async () => {
      const topic = aTopic();
      const received: string[] = [];
      const throwing = nodes[0].join({
        onPayload: (_, payload) => {
          received.push(String(payload));
          throw new Error('a bug in the handler');
        },
        onGap: () => {},
      });
      await throwing.subscribe(topic);
      const [one] = await subscribeAll(topic);
      say(throwing, topic, 'x');
      await barrier(one, one, topic);
      expect(one.received).toContain(`${topic} x`);
      expect(received).toHaveLength(2);
      throwing.leave();
    });

    it('drops a topic with its last subscriber on the node', async () => {
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

    it('does nothing for a client that has left', async () => {
      const topic = aTopic();
      const gone = listen(nodes[0]);
      gone.leave();
      expect(await gone.subscribe(topic)).toBe(false);
      say(gone, topic, 'x');
      expect(gone.gaps).toBe(0);
    });
  });
};
