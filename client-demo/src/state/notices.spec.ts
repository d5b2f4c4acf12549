import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { announcement, clearNotices, notices, notify } from './notices.js';

const shown = () => notices.value.map(({ text }) => text);

describe('notices', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    clearNotices();
    jest.useRealTimers();
  });

  it('go by themselves, what went wrong later, what is to be used never', () => {
    notify('Bela is here');
    notify('That did not work', 'bad');
    notify('Copy this link', 'lasting');
    expect(shown()).toEqual(['Bela is here', 'That did not work', 'Copy this link']);
    jest.advanceTimersByTime(6_000);
    expect(shown()).toEqual(['That did not work', 'Copy this link']);
    jest.advanceTimersByTime(60_000);
    expect(shown()).toEqual(['Copy this link']);
  });

  it('all go with their screen', () => {
    notify('Bela has left');
    notify('Copy this link', 'lasting');
    clearNotices();
    expect(shown()).toEqual([]);
  });

  it('are three at most, the newest, and every one is said', () => {
    for (const text of ['one', 'two', 'three', 'four']) {
      notify(text);
      expect(announcement.value).toBe(text);
    }
    expect(shown()).toEqual(['two', 'three', 'four']);
  });
});
