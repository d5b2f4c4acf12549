import { describe, expect, it } from '@jest/globals';
import { joinFrame, splitFrame } from './frame.js';

describe('splitFrame', () => {
  it('ends the header at the first line feed and returns the body unchanged', () => {
    const frame = splitFrame(Buffer.from('{"a":1}\n{"b":2}\n'), 100);
    expect(frame.header).toBe('{"a":1}');
    expect(frame.body?.toString()).toBe('{"b":2}\n');
  });
  it('distinguishes no body from an empty one', () => {
    expect(splitFrame(Buffer.from('{}'), 100).body).toBeUndefined();
    expect(splitFrame(Buffer.from('{}\n'), 100).body).toHaveLength(0);
  });
  it('refuses a header beyond its limit, regardless of the body', () => {
    expect(() => splitFrame(Buffer.from(`${'x'.repeat(11)}\nbody`), 10)).toThrow(
      expect.objectContaining({ code: 'payload_too_large' }),
    );
    expect(splitFrame(Buffer.from(`${'x'.repeat(10)}\n${'y'.repeat(1000)}`), 10).header).toHaveLength(10);
  });
  it('reverses joinFrame, with characters of every length', () => {
    const body = Buffer.from('ž🐎\n\0"\\');
    const header = { name: 'ň\n🐎', n: 1 };
    const again = splitFrame(joinFrame(header, body), 1000);
    expect(JSON.parse(again.header)).toEqual(header);
    expect(again.body?.equals(body)).toBe(true);
  });
});
