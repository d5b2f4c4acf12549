import { describe, expect, it } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { PORT_TAGS } from '../bus/bus.js';
import { decodeNameMessage, encodeNameMessage, type NameMessage } from './name-message.js';

const origin = 'n1' as NodeId;
const MESSAGES: NameMessage[] = [
  { kind: 'deliver', connection: 'c', from: 'f', origin, hops: 0, tenant: 't', name: 'ada', body: 'one\ntwo ž' },
  { kind: 'deliver', connection: 'c', from: 'f', origin, hops: 2, tenant: '', name: '__proto__', body: '' },
  { kind: 'lost', connection: 'c' },
  { kind: 'waits', from: 'f', tenant: 't', name: 'ada' },
  { kind: 'refused', from: 'f', tenant: 't', name: 'ada' },
  { kind: 'ask', tenant: 't', question: 'q', origin },
  { kind: 'answer', question: 'q', names: ['ada', '', 'constructor'] },
];

const decode = (header: string, body = '') =>
  decodeNameMessage(Buffer.concat([Buffer.from([PORT_TAGS.names]), Buffer.from(`${header}\n${body}`)]));

describe('a message about names', () => {
  it.each(MESSAGES)('is the same on the other node: $kind', (message) => {
    expect(decodeNameMessage(encodeNameMessage(message))).toEqual(message);
  });

  it('passes with fields that only a newer node writes', () => {
    expect(decode('{"kind":"lost","connection":"c","since":2}')).toMatchObject({ kind: 'lost', connection: 'c' });
  });

  it.each([
    '',
    '{',
    'null',
    '1',
    '[]',
    '{}',
    '{"kind":"renamed","connection":"c"}',
    '{"kind":"__proto__"}',
    '{"kind":"constructor"}',
    '{"kind":["lost"],"connection":"c"}',
    '{"kind":"lost"}',
    '{"kind":"lost","connection":1}',
    '{"kind":"lost","connection":{"toString":"c"}}',
    '{"kind":"lost","__proto__":{"connection":"c"}}',
    '{"kind":"waits","from":"f","tenant":"t"}',
    '{"kind":"ask","tenant":"t","question":null,"origin":"n1"}',
    '{"kind":"answer","question":"q"}',
    '{"kind":"answer","question":"q","names":"ada"}',
    '{"kind":"answer","question":"q","names":{"length":1,"0":"ada"}}',
    '{"kind":"answer","question":"q","names":["ada",1]}',
    '{"kind":"deliver","connection":"c","from":"f","origin":"n1","tenant":"t","name":"ada"}',
    '{"kind":"deliver","connection":"c","from":"f","origin":"n1","tenant":"t","name":"ada","hops":"0"}',
    '{"kind":"deliver","connection":"c","from":"f","origin":"n1","tenant":"t","name":"ada","hops":0.5}',
    '{"kind":"deliver","connection":"c","from":"f","origin":"n1","tenant":"t","name":"ada","hops":1e999}',
    // It would be sent on for ever.
    '{"kind":"deliver","connection":"c","from":"f","origin":"n1","tenant":"t","name":"ada","hops":-9007199254740991}',
  ])('is dropped when it is malformed: %s', (header) => {
    expect(decode(header, 'body')).toBeUndefined();
  });

  it('is dropped when it has no header at all', () => {
    expect(decodeNameMessage(Buffer.from([PORT_TAGS.names]))).toBeUndefined();
    expect(decodeNameMessage(Buffer.from([PORT_TAGS.names, 0xff, 0x0a]))).toBeUndefined();
  });
});
