import { describe, expect, it } from '@jest/globals';
import { parseClusterEvent } from './parse-cluster-event.js';

const parse = (value: unknown) => parseClusterEvent(Buffer.from(JSON.stringify(value)));

describe('a fact of another node', () => {
  it('is taken with the fields that it has, and no others', () => {
    expect(parse({ fact: 'room_closed', room: 'r1', more: 1 })).toEqual({ fact: 'room_closed', room: 'r1' });
    expect(parse({ fact: 'user_revoked', user: 'u|1', before: 5 })).toEqual({
      fact: 'user_revoked',
      user: 'u|1',
      before: 5,
    });
  });

  it.each([
    null,
    [],
    'room_closed',
    {},
    { fact: 'room_opened', room: 'r' },
    { fact: 'room_closed' },
    { fact: 'room_closed', room: '' },
    { fact: 'room_closed', room: 'a b' },
    { fact: 'room_changed', room: { toString: 'r' } },
    { fact: 'user_revoked', user: '', before: 1 },
    { fact: 'user_revoked', user: 'u'.repeat(129), before: 1 },
    { fact: 'user_revoked', user: 'u', before: '1' },
    { fact: 'user_revoked', user: 'u', before: null },
  ])('is refused when it is not one: %j', (value) => {
    expect(parse(value)).toBeUndefined();
  });

  it('is refused when it is not JSON', () => {
    expect(parseClusterEvent(Buffer.from('{'))).toBeUndefined();
    expect(parseClusterEvent(Buffer.from([0xff, 0xfe]))).toBeUndefined();
  });
});
