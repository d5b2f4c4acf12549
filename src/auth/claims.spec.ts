import { describe, expect, it } from '@jest/globals';
import { OWN, readClaims } from './claims.js';

const NOW = 1_800_000_000_000;

const read = (rooms: unknown) => {
  const claims = { sub: 'ada', iat: NOW / 1000, exp: NOW / 1000 + 60, rooms };
  const { grants, guestRooms } = readClaims(claims, 'token', OWN, NOW);
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

describe('claims for Parley in the token of an external issuer', () => {
  const outside = (claims: object, topLevelClaims = false) =>
    readClaims(
      { sub: 'f:1:ada', iat: NOW / 1000, exp: NOW / 1000 + 60, ...claims },
      'token',
      { issuer: 'outside', topLevelClaims },
      NOW,
    );

  it('are those in `parley`', () => {
    const parley = { name: 'Ada', kind: 'guest', rooms: { a: { role: 'member', guests: true } }, later: 1 };
    expect(outside({ parley, name: 'Other', kind: 'account', rooms: { b: 'owner' } })).toMatchObject({
      ...{ user: 'f:1:ada', name: 'Ada', kind: 'guest', grants: { a: 'member' }, guestRooms: ['a'] },
    });
    expect(outside({ parley: {}, name: 'Ada' })).toMatchObject({ name: 'Ada', kind: 'external', grants: {} });
  });

  it.each([
    ['a type', { typ: 'Bearer' }],
    ['a kind', { kind: 'account' }],
    ['a kind of another form', { kind: { of: 'thing' } }],
    ['a null name', { name: null }],
    ['a list of rooms', { rooms: ['a', 'b'] }],
    ['rooms with grants', { rooms: { '*': 'owner' } }],
  ])('are not %s at the top level', (_, claims) => {
    expect(outside(claims)).toMatchObject({ name: 'f:1:ada', kind: 'external', grants: {} });
  });

  it('are the names at the top level where a setting says so', () => {
    const claims = { name: 'Ada', kind: 'guest', rooms: { a: 'guest' }, typ: 'Bearer' };
    expect(outside(claims, true)).toMatchObject({ name: 'Ada', kind: 'guest', grants: { a: 'guest' } });
    expect(outside({ ...claims, parley: { rooms: { b: 'guest' } } }, true)).toMatchObject({
      ...{ name: 'Ada', kind: 'external', grants: { b: 'guest' } },
    });
  });

  it.each([
    ['parley', 'owner'],
    ['parley', null],
    ['parley', [{}]],
    ['parley.name', { name: 7 }],
    ['parley.kind', { kind: 'account' }],
    ['parley.rooms', { rooms: { a: 'god' } }],
  ])('are refused by name: %s of %j', (claim, parley) => {
    expect(() => outside({ parley })).toThrow(
      expect.objectContaining({ code: 'token_invalid', message: `The token's ${claim} claim is not valid.` }),
    );
  });
});
