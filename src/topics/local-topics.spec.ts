import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MAX_DEFERRED_BYTES } from './local-topic.js';
import { LocalTopics } from './local-topics.js';
import { decodeEntry, encodeMarker, encodePayload } from './topic-entry.js';
import { MARKER_WAIT_MS, TOPIC_LIMITS } from './topics.js';

const rethrow = (error: unknown): never => {
  throw error;
};

/** Topics on a wire that a test holds in its hand. */
const start = (deliveries = TOPIC_LIMITS.deliveries) => {
  const written: (readonly Buffer[])[] = [];
  const wire = {
    takes: true,
    open: () => {},
    close: () => {},
    write: (_topic: string, entries: readonly Buffer[]) => {
      if (wire.takes) written.push(entries);
      return wire.takes;
    },
  };
  const topics = new LocalTopics(wire, { ...TOPIC_LIMITS, deliveries }, rethrow);
  const confirmed: string[] = [];
  let gaps = 0;
  const member = topics.join({
    onPayload: (_topic, payload) => confirmed.push(payload.toString()),
    onGap: () => {
      gaps += 1;
    },
  });
  return { topics, wire, written, heard: confirmed, member, gaps: () => gaps };
};

const kinds = (entries: readonly Buffer[] | undefined) => entries?.map((entry) => decodeEntry(entry)?.kind);

describe('the topics of a node', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('write nothing before they listen, and then the mark and what waited in one piece', () => {
    const { topics, member, written } = start();
    void member.subscribe('t');
    member.publish('t', Buffer.from('a'));
    member.publish('t', Buffer.from('b'));
    expect(written).toEqual([]);
    topics.opened('t');
    expect(written.map(kinds)).toEqual([['marker', 'payload', 'payload']]);
    topics.close();
  });

  it('let the mark wait a little for the first publication, and go without it then', () => {
    const { topics, member, written } = start();
    void member.subscribe('t');
    topics.opened('t');
    jest.advanceTimersByTime(MARKER_WAIT_MS - 1);
    expect(written).toEqual([]);
    member.publish('t', Buffer.from('a'));
    expect(written.map(kinds)).toEqual([['marker', 'payload']]);
    void member.subscribe('u');
    topics.opened('u');
    jest.advanceTimersByTime(MARKER_WAIT_MS);
    expect(written.map(kinds).at(-1)).toEqual(['marker']);
    topics.close();
  });

  it('hand over nothing that came before the mark, and nothing of what is no entry', async () => {
    const { topics, member, written, heard: confirmed } = start();
    const acknowledged = member.subscribe('t');
    topics.opened('t');
    jest.advanceTimersByTime(MARKER_WAIT_MS);
    topics.receive('t', [encodePayload(Buffer.from('before')), encodeMarker('of somebody else'), Buffer.alloc(0)]);
    topics.receive('other', written[0] as Buffer[]);
    topics.receive('t', [...(written[0] as Buffer[]), encodePayload(Buffer.from('after')), Buffer.from([9, 9])]);
    expect(confirmed).toEqual(['after']);
    expect(await acknowledged).toBe(true);
    topics.close();
  });

  it('give up whose mark does not come back', () => {
    const { topics, member, gaps } = start();
    void member.subscribe('t');
    topics.opened('t');
    jest.advanceTimersByTime(2_900);
    expect(gaps()).toBe(0);
    jest.advanceTimersByTime(2_000);
    expect(gaps()).toBe(1);
    expect(topics.stats).toMatchObject({ topics: 0, subscriptions: 0, bytes: 0, gaps: 1 });
    topics.close();
  });

  it('give up whoever hears when something was lost, and not who still waits', () => {
    const { topics, member, gaps } = start();
    void member.subscribe('t');
    topics.lost('t');
    expect(gaps()).toBe(0);
    topics.opened('t');
    topics.lost('t');
    topics.lost('t');
    expect(gaps()).toBe(1);
    topics.close();
  });

  /** Subscribed and heard, on a node whose topics deliver once and then hardly ever. */
  const startSlow = () => {
    const stage = start({ burst: 1, perSecond: 0.1 });
    const { topics, member, written } = stage;
    void member.subscribe('t');
    topics.opened('t');
    jest.advanceTimersByTime(MARKER_WAIT_MS);
    topics.receive('t', written.pop() as Buffer[]);
    topics.receive(
      't',
      ['a', 'b'].map((text) => encodePayload(Buffer.from(text))),
    );
    return stage;
  };

  it('deliver what is beyond the rate later, and ask publishers on other nodes to wait', () => {
    const { topics, written, heard, member } = startSlow();
    topics.receive('t', [encodePayload(Buffer.from('c')), encodePayload(Buffer.from('d'))]);
    expect([heard, written.map(kinds)]).toEqual([['a', 'b'], [['slow']]]);
    topics.receive('t', written[0] as Buffer[]);
    expect(member.publish('t', Buffer.from('x'))).toBeGreaterThan(0);
    jest.advanceTimersByTime(30_000);
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
    topics.close();
    expect(topics.stats.bytes).toBe(0);
  });

  it('give up no subscription whose mark awaits its turn', () => {
    const { topics, written, gaps } = startSlow();
    topics.receive('t', [encodePayload(Buffer.from('c'))]);
    const late: string[] = [];
    void topics
      .join({ onPayload: (_topic, payload) => late.push(payload.toString()), onGap: () => late.push('gap') })
      .subscribe('t');
    jest.advanceTimersByTime(MARKER_WAIT_MS);
    topics.receive('t', [...(written.at(-1) as Buffer[]), encodePayload(Buffer.from('d'))]);
    jest.advanceTimersByTime(60_000);
    expect([late, gaps()]).toEqual([['d'], 0]);
    topics.close();
  });

  it('queue no more than their limit: subscribers begin again then', () => {
    const { topics, heard, gaps } = startSlow();
    const large = encodePayload(Buffer.alloc(100_000));
    for (let n = 0; n < 20; n += 1) topics.receive('t', [large]);
    expect(topics.stats.bytes).toBeLessThanOrEqual(MAX_DEFERRED_BYTES + 2_000);
    expect(gaps()).toBe(0);
    topics.receive('t', [large]);
    expect([heard.length, gaps(), topics.stats.bytes]).toEqual([2, 1, 0]);
    topics.close();
  });

  it('give up whose publication the wire does not take', () => {
    const { topics, wire, member, written, gaps } = start();
    void member.subscribe('t');
    topics.opened('t');
    jest.advanceTimersByTime(MARKER_WAIT_MS);
    topics.receive('t', written[0] as Buffer[]);
    wire.takes = false;
    expect(() => member.publish('t', Buffer.from('x'))).toThrow('unavailable');
    expect(gaps()).toBe(1);
    topics.close();
  });
});
