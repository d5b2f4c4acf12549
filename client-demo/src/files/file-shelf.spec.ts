import { describe, expect, it } from '@jest/globals';
import type { Peer, PeerId, Room } from '@parley/client';
import { ChatLog } from '../chat/chat-log.js';
import { FileShelf } from './file-shelf.js';
import { MAX_FILE_BYTES, MAX_INCOMING_PER_PEER, MAX_OUTGOING } from './messages.js';

/** The near end of a channel; the test plays the far one. */
class TestChannel extends EventTarget {
  readonly label = 'file';
  binaryType = 'blob';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  readyState = 'open';
  readonly sent: string[] = [];

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = 'closed';
    this.dispatchEvent(new Event('close'));
  }

  say(message: object): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(message) }));
  }
}

const peer = (name: string) =>
  ({
    id: name as PeerId,
    participant: { name },
    connection: { sctp: null },
    createDataChannel: () => new TestChannel(),
  }) as unknown as Peer;

const shelfWith = (...peers: Peer[]) => {
  const shelf = new FileShelf();
  shelf.enter({ peers: new Map(peers.map((one) => [one.id, one])) } as unknown as Room, new ChatLog());
  return shelf;
};

const offer = (shelf: FileShelf, from: Peer, size: number) => {
  const channel = new TestChannel();
  shelf.take(channel as unknown as RTCDataChannel, from);
  channel.say({ type: 'header', name: 'a.txt', size, mime: 'text/plain' });
  return channel;
};
const file = (size: number) => ({ name: 'a.txt', size, type: '', slice: () => new Blob() }) as unknown as File;

describe('FileShelf', () => {
  it('returns the reason why a file cannot be sent', () => {
    expect(shelfWith().send(file(1), undefined)).toMatch(/no one/);
    expect(shelfWith(peer('a')).send(file(MAX_FILE_BYTES + 1), undefined)).toMatch(/50 MB/);
  });

  it('sends to all, or to one', () => {
    const shelf = shelfWith(peer('a'), peer('b'));
    expect(shelf.send(file(1), undefined)).toBeUndefined();
    expect(shelf.send(file(1), 'b' as PeerId)).toBeUndefined();
    expect(shelf.items.value.map(({ legs }) => legs.map(({ name }) => name))).toEqual([['a', 'b'], ['b']]);
  });

  it('limits the concurrent outgoing files', () => {
    const shelf = shelfWith(peer('a'));
    for (let sent = 0; sent < MAX_OUTGOING; sent++) expect(shelf.send(file(1), undefined)).toBeUndefined();
    expect(shelf.send(file(1), undefined)).toMatch(/in progress/);
  });

  it('declines a file that is too large, and a surplus file of one peer', () => {
    const ann = peer('ann');
    const shelf = shelfWith(ann);
    expect(offer(shelf, ann, MAX_FILE_BYTES + 1).sent).toEqual(['{"type":"refuse","reason":"too_large"}']);
    const other = shelfWith(ann);
    for (let taken = 0; taken < MAX_INCOMING_PER_PEER; taken++) {
      expect(offer(other, ann, 10).sent).toEqual(['{"type":"accept"}']);
    }
    expect(offer(other, ann, 10).sent).toEqual(['{"type":"refuse","reason":"busy"}']);
    expect(other.items.value).toHaveLength(MAX_INCOMING_PER_PEER);
  });

  it('closes surplus channels of one peer', () => {
    const ann = peer('ann');
    const shelf = shelfWith(ann);
    const channels = Array.from({ length: MAX_INCOMING_PER_PEER + 2 }, () => new TestChannel());
    for (const channel of channels) shelf.take(channel as unknown as RTCDataChannel, ann);
    expect(channels.map(({ readyState }) => readyState).filter((state) => state === 'closed')).toHaveLength(1);
    channels[0]?.close();
    expect(offer(shelf, ann, 10).sent).toEqual(['{"type":"accept"}']);
  });

  it('keeps no more than four files of the largest size', () => {
    const people = Array.from({ length: 5 }, (_, at) => peer(`p${at}`));
    const shelf = shelfWith(...people);
    const answers = people.map((one) => offer(shelf, one, MAX_FILE_BYTES).sent[0]);
    expect(answers.slice(0, 4)).toEqual(Array(4).fill('{"type":"accept"}'));
    expect(answers[4]).toBe('{"type":"refuse","reason":"no_space"}');
  });

  it('tells both sides of a cancelled file', () => {
    const ann = peer('ann');
    const shelf = shelfWith(ann);
    const channel = offer(shelf, ann, 10);
    shelf.cancel(shelf.items.value[0]!);
    expect(channel.sent.at(-1)).toBe('{"type":"cancel"}');
    expect(shelf.items.value[0]?.legs[0]?.state).toBe('cancelled');
  });
});
