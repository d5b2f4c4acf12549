import { describe, expect, it } from '@jest/globals';
import { parseHistory, Recorder } from './recorder.js';

describe('the recorder', () => {
  it('stamps what is added, and reads its own lines but for a torn one', () => {
    let now = 5;
    const recorder = new Recorder(() => now++);
    recorder.add({ kind: 'quiet' });
    recorder.add({ kind: 'over' });
    const lines = recorder.events.map((event) => `${JSON.stringify(event)}\n`).join('');
    expect(parseHistory(`${lines}{"t":7,"ki`)).toEqual([
      { t: 5, kind: 'quiet' },
      { t: 6, kind: 'over' },
    ]);
  });
});
