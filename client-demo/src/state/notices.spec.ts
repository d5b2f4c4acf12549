import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { announcement, clearNotices, notices, notify } from './notices.js';

const shown = () => notices.value.map(({ text }) => text);

describe('notices', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    clearNotices();
    jest.useRealTimers();
  });

  it('disappear automatically, errors later, lasting ones never', () => {
    notify('Bela has joined');
    notify('That did not work', 'bad');
    notify('Copy this link', 'lasting');
    expect(shown()).toEqual(['Bela has joined', 'That did not work', 'Copy this link']);
    jest.advanceTimersByTime(6_000);
    expect(shown()).toEqual(['That did not work', 'Copy this link']);
    jest.advanceTimersByTime(60_000);
    expect(shown()).toEqual(['Copy this link']);
  });

  it('are all removed with their screen', () => {
    notify('Bela has left');
    notify('Copy this link', 'lasting');
    clearNotices();
    expect(shown()).toEqual([]);
  });

  it('are at most three, the newest, and each is announced', () => {
    for (const text of ['one', 'two', 'three', 'four']) {
      notify(text);
      expect(announcement.value).toBe(text);
    }
    expect(shown()).toEqual(['two', 'three', 'four']);
  });
});
