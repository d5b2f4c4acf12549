import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { type Bus, type ClusterEvent, MAX_BATCH_BYTES, PORT_TAGS } from '../../src/bus/bus.js';
import type { BusStats } from '../../src/bus/bus.stats.js';
import { until } from '../support/until.js';
import { aNode, aRoom } from './presence.fixture.js';

/** A node on the bus, with what it received. */
export interface BusNode {
  readonly bus: Bus & { readonly stats: BusStats };
  readonly id: NodeId;
  readonly messages: string[];
  readonly events: ClusterEvent[];
  gaps: number;
}

/** Makes and controls an adapter for the suite. */
export interface BusFixture {
  /** Makes the bus of another node. */
  bus(): Promise<BusNode['bus']>;
  stop(): Promise<void>;
  /** Gives a node a lease, so that cluster events are sent to it. */
  lease(node: NodeId): Promise<void>;
}

/** Joins a node to the bus and records what it receives. */
export const join = async (fixture: BusFixture, id: NodeId = aNode()): Promise<BusNode> => {
  const bus = await fixture.bus();
  const node: BusNode = { bus, id, messages: [], events: [], gaps: 0 };
  bus.onMessage((message) => node.messages.push(message.toString()));
  bus.onEvent((event) => node.events.push(event));
  bus.onGap(() => {
    node.gaps += 1;
  });
  await fixture.lease(id);
  await bus.listen(id);
  return node;
};

/** The contract of every adapter of {@link Bus}. */
export const busContract = (title: string, start: () => Promise<BusFixture>): void => {
  describe(`bus: ${title}`, () => {
    let fixture: BusFixture;
    let one: BusNode;
    let two: BusNode;

    beforeAll(async () => {
      fixture = await start();
      [one, two] = await Promise.all([join(fixture), join(fixture)]);
    }, 60_000);

    afterAll(async () => {
      await fixture.stop();
    }, 60_000);

    /** Resolves when a message sent now has arrived: then no earlier message can arrive any more. */
    const barrier = async (from: BusNode, to: BusNode): Promise<void> => {
      const word = `barrier ${Math.random()}`;
      expect(from.bus.send(to.id, Buffer.from(word))).toBe(true);
      await until(() => to.messages.includes(word));
    };

    it('delivers messages unchanged and in order', async () => {
      const sent = Array.from({ length: 500 }, (_, i) => `${i} \n\u0000 ☃`);
      for (const [i, text] of sent.entries()) {
        expect(one.bus.send(two.id, Buffer.from(text))).toBe(true);
        if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await barrier(one, two);
      expect(two.messages.slice(0, 500)).toEqual(sent);
      expect(one.messages).toEqual([]);
    });

    it('delivers binary messages and empty ones', async () => {
      const bytes: Buffer[] = [];
      const reader = await join(fixture);
      reader.bus.onMessage((message) => bytes.push(Buffer.from(message)));
      const sent = [Buffer.from([0, 255, 10, 13, 128]), Buffer.alloc(0), Buffer.alloc(300_000, 7)];
      for (const message of sent) one.bus.send(reader.id, message);
      await until(() => bytes.length === sent.length);
      expect(bytes.map((message, i) => message.equals(sent[i] as Buffer))).toEqual([true, true, true]);
      await reader.bus.close();
    });

    it('sends the messages of one turn to one node as one batch', async () => {
      await barrier(one, two);
      const { batchesSent, messagesSent } = one.bus.stats;
      for (let i = 0; i < 100; i += 1) one.bus.send(two.id, Buffer.from('x'));
      await until(() => one.bus.stats.messagesSent === messagesSent + 100);
      expect(one.bus.stats.batchesSent).toBe(batchesSent + 1);
    });

    it('delivers asynchronously, even to the sender itself', async () => {
      const before = one.messages.length;
      one.bus.send(one.id, Buffer.from('to myself'));
      expect(one.messages).toHaveLength(before);
      await until(() => one.messages.includes('to myself'));
    });

    it('refuses a message that does not fit into the batch, and sends the others', async () => {
      const big = Buffer.alloc(MAX_BATCH_BYTES - 10, 'a');
      const dropped = one.bus.stats.messagesDropped;
      const reader = await join(fixture);
      expect(one.bus.send(reader.id, big)).toBe(true);
      expect(one.bus.send(reader.id, Buffer.alloc(11))).toBe(false);
      expect(one.bus.send(two.id, Buffer.from('another node has a batch of its own'))).toBe(true);
      expect(one.bus.stats.messagesDropped).toBe(dropped + 1);
      await until(() => reader.messages.some((message) => message.length === big.length));
      expect(one.bus.send(reader.id, Buffer.alloc(11))).toBe(true);
      await reader.bus.close();
    });

    it('delivers the messages of a port to its handler alone', async () => {
      const reader = await join(fixture);
      const own: string[] = [];
      reader.bus.onPortMessage(PORT_TAGS.names, (message) => own.push(message.toString('latin1', 1)));
      for (const tag of [PORT_TAGS.names, PORT_TAGS.names + 1])
        one.bus.send(reader.id, Buffer.concat([Buffer.from([tag]), Buffer.from('port')]));
      await barrier(one, reader);
      expect(own).toEqual(['port']);
      expect(reader.messages).toHaveLength(2);
      await reader.bus.close();
    });

    it('exposes the id that it listens as', () => {
      expect([one.bus.node, two.bus.node]).toEqual([one.id, two.id]);
    });

    it('loses messages to a node that does not exist', async () => {
      expect(one.bus.send(aNode(), Buffer.from('lost'))).toBe(true);
      await barrier(one, two);
      expect([...one.messages, ...two.messages]).not.toContain('lost');
    });

    it('publishes an event to every node, including the publisher', async () => {
      const events: ClusterEvent[] = [
        { fact: 'room_changed', room: aRoom() },
        { fact: 'room_closed', room: aRoom() },
        { fact: 'user_revoked', user: 'https://issuer.example/ü|42' as never, before: 1_790_000_000_123 },
      ];
      for (const event of events) await one.bus.publish(event);
      for (const { events: heard } of [one, two]) {
        await until(() => heard.length >= events.length);
        expect(heard.slice(0, 3)).toEqual(events);
      }
    });

    it('moves to another id, and no longer receives messages to the old one', async () => {
      const mover = await join(fixture);
      const old = mover.id;
      const next = aNode();
      await fixture.lease(next);
      await mover.bus.listen(next);
      expect(mover.bus.available).toBe(true);
      one.bus.send(old, Buffer.from('old'));
      one.bus.send(next, Buffer.from('next'));
      await until(() => mover.messages.includes('next'));
      expect(mover.messages).toEqual(['next']);
      await mover.bus.close();
    });

    it('continues after a handler throws', async () => {
      const throwing = await join(fixture);
      const heard: string[] = [];
      throwing.bus.onMessage((message) => {
        heard.push(message.toString());
        if (heard.length === 1) throw new Error('a bug in the handler');
      });
      one.bus.send(throwing.id, Buffer.from('a'));
      one.bus.send(throwing.id, Buffer.from('b'));
      await until(() => heard.length === 2);
      await throwing.bus.close();
    });

    it('refuses everything once it is closed', async () => {
      const closing = await join(fixture);
      expect(closing.bus.available).toBe(true);
      await closing.bus.close();
      expect(closing.bus.available).toBe(false);
      expect(closing.bus.send(two.id, Buffer.from('late'))).toBe(false);
      await expect(closing.bus.publish({ fact: 'room_closed', room: aRoom() })).rejects.toMatchObject({
        name: 'BusUnavailable',
      });
      await expect(closing.bus.listen(aNode())).rejects.toMatchObject({ name: 'BusUnavailable' });
    });

    it('is not available before it listens', async () => {
      const bus = await fixture.bus();
      expect(bus.available).toBe(false);
      expect(bus.send(two.id, Buffer.from('early'))).toBe(false);
      await bus.close();
    });
  });
};
