import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, PeerId, UserId } from '@parley/client';
import type { FileItem } from '../files/file-shelf.js';
import { timeline } from './timeline.js';

const message = (seq: number, user: string, at = seq): ChatMessage => ({
  id: `${seq}`,
  seq,
  user: user as UserId,
  name: user,
  from: user as PeerId,
  at,
  text: '',
});
const file = (key: number, afterSeq: number): FileItem => ({
  key,
  direction: 'in',
  name: 'x',
  size: 1,
  at: 0,
  afterSeq,
  legs: [],
});
const shape = (entries: ReturnType<typeof timeline>) =>
  entries.map((entry) =>
    entry.kind === 'file' ? `f${entry.file.key}` : `${entry.first ? '+' : ''}${entry.message.seq}`,
  );

describe('timeline', () => {
  it('puts each file after the message it followed', () => {
    const entries = timeline([message(1, 'a'), message(2, 'a'), message(3, 'a')], [file(1, 0), file(2, 2), file(3, 3)]);
    expect(shape(entries)).toEqual(['f1', '+1', '2', 'f2', '+3', 'f3']);
  });

  it('starts a new run for another user and after a pause', () => {
    const entries = timeline([message(1, 'a'), message(2, 'b'), message(3, 'b'), message(4, 'b', 10_000_000)], []);
    expect(shape(entries)).toEqual(['+1', '+2', '3', '+4']);
  });
});
