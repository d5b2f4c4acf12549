import { describe, expect, it } from '@jest/globals';
import { readClaims } from './claims.js';

const NOW = 1_800_000_000_000;

const read = (rooms: unknown) => {
  const claims = { sub: 'ada', iat: NOW / 1000, exp: NOW / 1000 + 60, rooms };
  const { grants, guestRooms } = readClaims(claims, 'token', 'outside', NOW);
  return { grants, guestRooms };
};

describe("a token's grants", () => {
  it('are roles by room id or pattern, and allow no guests in the rooms that they create', () => {
    const rooms = { 'team-1': 'owner', 'team-*': 'member' };
    expect(read(rooms)).toEqual({ grants: rooms, guestRooms: undefined });
    expect(read(undefined)).toEqual({ grants: {}, guestRooms: undefined });
  });

  it('may allow guests per room', () => {
    expect(
      read({ 'open-*': { role: 'owner', guests: true }, b: { role: 'member', guests: false }, c: 'guest' }),
    ).toEqual({
      grants: { 'open-*': 'owner', b: 'member', c: 'guest' },
      guestRooms: ['open-*'],
    });
    expect(read({ a: { role: 'member' } })).toEqual({ grants: { a: 'member' }, guestRooms: undefined });
  });

  it.each([
    ['no role', { a: { guests: true } }],
    ['an unknown role', { a: { role: 'admin', guests: true } }],
    ['guests that are no boolean', { a: { role: 'owner', guests: 'true' } }],
    ['guests that are null', { a: { role: 'owner', guests: null } }],
    ['an unknown field', { a: { role: 'owner', guests: true, listed: true } }],
    ['a role in a list', { a: ['owner'] }],
    ['null', { a: null }],
    ['a name that is no id', { 'a b': { role: 'owner', guests: true } }],
  ])('are not valid with %s', (_, rooms) => {
    expect(() => read(rooms)).toThrow(expect.objectContaining({ code: 'token_invalid' }));
  });
});
