import { describe, expect, it } from '@jest/globals';
import { Emitter } from './events.js';

interface Events {
  word: string;
}

describe('an emitter', () => {
  it('calls listeners in the order they were added, each once', () => {
    const emitter = new Emitter<Events>();
    const seen: string[] = [];
    const first = (word: string) => seen.push(`first ${word}`);
    emitter.on('word', first);
    emitter.on('word', (word) => seen.push(`second ${word}`));
    emitter.on('word', first);
    emitter.emit('word', 'a');
    expect(seen).toEqual(['first a', 'second a']);
  });

  it('stops by off, by the returned function, and after once', () => {
    const emitter = new Emitter<Events>();
    const seen: string[] = [];
    const listener = (word: string) => seen.push(word);
    emitter.on('word', listener);
    emitter.off('word', listener);
    emitter.on('word', listener)();
    emitter.once('word', (word) => seen.push(`once ${word}`));
    emitter.emit('word', 'a');
    emitter.emit('word', 'b');
    expect(seen).toEqual(['once a']);
  });

  it('reports what a listener throws, and calls the others', () => {
    const reported: unknown[] = [];
    const emitter = new Emitter<Events>((error) => reported.push(error));
    const seen: string[] = [];
    emitter.on('word', () => {
      throw new Error('mine');
    });
    emitter.on('word', (word) => seen.push(word));
    emitter.emit('word', 'a');
    expect([reported.length, seen]).toEqual([1, ['a']]);
  });
});
