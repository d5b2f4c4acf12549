import { describe, expect, it } from '@jest/globals';
import { describeFaulty, parseClientMessage } from './client-message.schema.js';

const bad = expect.objectContaining({ code: 'bad_message' });

describe('parseClientMessage', () => {
  it('accepts messages that PROTOCOL.md describes', () => {
    const signal = { type: 'signal', to: 'bob', seq: 1, base: 1, kind: 'offer' };
    expect(parseClientMessage(JSON.stringify(signal))).toEqual(signal);
    expect(parseClientMessage('{"type":"join","id":"1","room":"r","meta":{"a":[{"b":null}]}}')).toMatchObject({
      room: 'r',
    });
  });
  it.each([
    '',
    'null',
    '[]',
    '1',
    '"signal"',
    '{',
    '{}',
    '{"type":1}',
    '{"type":"toString"}',
    '{"type":"__proto__"}',
    '{"type":"signal","to":"bob","kind":"offer","from":"eve"}',
    '{"type":"signal","to":["bob"],"kind":"offer"}',
    '{"type":"signal","to":{"toString":"x"},"kind":"offer"}',
    '{"type":"signal","to":"a b","kind":"offer"}',
    '{"type":"signal","to":"bob","kind":"sdp"}',
    '{"type":"signal","to":"bob","kind":"offer","seq":281474976710657}',
    '{"type":"ack","to":"bob","upto":-1}',
    '{"type":"join","id":"1","room":"r","meta":{"__proto__":1}}',
    '{"type":"join","id":"1","room":"r","meta":{"\\u005f_proto__":1}}',
    '{"type":"join","id":"1","room":"r","meta":[]}',
    '\uFEFF{"type":"ping"}',
    '{"type":"ping"} x',
  ])('refuses any other: %s', (header) => {
    expect(() => parseClientMessage(header)).toThrow(bad);
  });
  it('names the invalid field in the error, and never its value', () => {
    try {
      parseClientMessage('{"type":"join","id":"1","room":"<script>"}');
      throw new Error('it was not refused');
    } catch (error) {
      expect((error as Error).message).toContain('room');
      expect((error as Error).message).not.toContain('script');
    }
  });
  it('refuses ten thousand nested brackets with `bad_message`', () => {
    expect(() => parseClientMessage(`${'['.repeat(10_000)}`)).toThrow(bad);
    expect(() =>
      parseClientMessage(`{"type":"join","id":"1","room":"r","x":${'['.repeat(3000)}${']'.repeat(3000)}}`),
    ).toThrow(bad);
  });
  it('describes a malformed frame only by fields that are valid by themselves', () => {
    expect(describeFaulty('{"type":"signal","to":"bob","seq":3,"x":1}')).toEqual({ to: 'bob', seq: 3 });
    expect(describeFaulty('{"id":"a b","to":"<b>","seq":"3"}')).toEqual({});
    expect(describeFaulty('nonsense')).toEqual({});
    expect(describeFaulty('null')).toEqual({});
    expect(describeFaulty('{"id":"q","__proto__":{"to":"bob"}}')).toEqual({ re: 'q' });
  });
});
