import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LocalTopics } from './local-topics.js';
import { decodeEntry, encodeMarker, encodePayload } from './topic-entry.js';
import { MARKER_WAIT_MS, TOPIC_LIMITS } from './topics.js';

const rethrow = (error: unknown): never => {
  throw error;
};

/** Topics on a wire that a test holds in its hand. */
const start = () => {
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
  const topics = new LocalTopics(wire, TOPIC_LIMITS, rethrow);
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
