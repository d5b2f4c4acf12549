import { describe, expect, it } from '@jest/globals';
import type { Role, UserId } from '@parley/protocol';
import {
  type AccessAttributes,
  decide,
  decideForServer,
  decidePreview,
  grantAllowsGuests,
  mayCreateByGrant,
  type RoomAction,
  type RoomAttributes,
  type ServerAction,
} from './policy.js';
import { policyCounts } from './policy-counts.js';
import type { Principal } from './principal.js';

const who = (kind: Principal['kind'], grants: Record<string, Role> = {}, user = 'someone'): Principal => ({
  user: user as UserId,
  name: 'Someone',
  kind,
  grants,
  issuedAt: 0,
  expiresAt: 1,
  tokenId: 't',
});

const room = (attributes: Partial<RoomAttributes> = {}): RoomAttributes => ({
  id: 'team-1',
  owner: 'owner',
  guestsAllowed: true,
  access: 'open',
  locked: false,
  ...attributes,
});

type Row = [string, Principal, RoomAttributes | undefined, Role | undefined, Role | 'forbidden' | 'room_not_found'];

const ROWS: Row[] = [
  ["an account in another user's room", who('account'), room(), undefined, 'member'],
  ['the owner', who('account', {}, 'owner'), room(), undefined, 'owner'],
  ['a moderator by membership', who('account'), room(), 'moderator', 'moderator'],
  ['an external user', who('external'), room(), undefined, 'member'],
  ['an external user with a grant by id', who('external', { 'team-1': 'moderator' }), room(), undefined, 'moderator'],
  ['an external user with a grant by pattern', who('external', { 'team-*': 'owner' }), room(), undefined, 'owner'],
  ['a grant for everything', who('external', { '*': 'member' }), room({ owner: null }), undefined, 'member'],
  ['the highest of grant and membership', who('external', { 'team-1': 'member' }), room(), 'moderator', 'moderator'],
  ['a token for another room', who('external', { 'team-2': 'owner' }), room(), undefined, 'forbidden'],
  ['a pattern that is not a beginning', who('external', { 'eam-*': 'owner' }), room(), undefined, 'forbidden'],
  ['an id that only begins the same', who('external', { 'team-': 'owner' }), room(), undefined, 'forbidden'],
  ['a member whose token names another room', who('external', { 'team-2': 'owner' }), room(), 'member', 'member'],
  ['an account in a room that a grant made', who('account'), room({ owner: null }), undefined, 'room_not_found'],
  ['a guest of the room', who('guest', { 'team-1': 'guest' }), room(), undefined, 'guest'],
  [
    'a guest of a room that is closed to guests',
    who('guest', { 'team-1': 'guest' }),
    room({ guestsAllowed: false }),
    undefined,
    'room_not_found',
  ],
  [
    'a guest of a room that a grant created without guests',
    who('guest', { 'team-1': 'guest' }),
    room({ owner: null, guestsAllowed: false }),
    undefined,
    'room_not_found',
  ],
  [
    'a guest of a room that a grant created for guests too',
    who('guest', { 'team-1': 'guest' }),
    room({ owner: null }),
    undefined,
    'guest',
  ],
  ['a guest of another room', who('guest', { 'team-2': 'guest' }), room(), undefined, 'room_not_found'],
  ['a guest without a room', who('guest'), room(), undefined, 'room_not_found'],
  ['a guest with the id of the owner', who('guest', {}, 'owner'), room(), 'owner', 'room_not_found'],
  ['an account when the room does not exist', who('account', { '*': 'owner' }), undefined, undefined, 'room_not_found'],
];

describe('policy', () => {
  it.each(ROWS)('joining as %s', (_, principal, attributes, membership, expected) => {
    const decision = decide(principal, 'room.join', { room: attributes, membership });
    expect(decision.allowed ? decision.role : decision.code).toBe(expected);
  });

  it.each<[RoomAction, Role[]]>([
    ['guest.token', ['guest', 'member', 'moderator', 'owner']],
    ['room.list', ['guest', 'member', 'moderator', 'owner']],
    ['invite.accept', ['guest', 'member', 'moderator', 'owner']],
    ['room.read', ['guest', 'member', 'moderator', 'owner']],
    ['room.join', ['guest', 'member', 'moderator', 'owner']],
    ['room.signal', ['guest', 'member', 'moderator', 'owner']],
    ['room.publish', ['guest', 'member', 'moderator', 'owner']],
    ['room.chat', ['guest', 'member', 'moderator', 'owner']],
    ['room.broadcast', ['guest', 'member', 'moderator', 'owner']],
    ['messages.read', ['guest', 'member', 'moderator', 'owner']],
    ['participants.read', ['guest', 'member', 'moderator', 'owner']],
    ['member.list', ['member', 'moderator', 'owner']],
    ['transfer.read', ['member', 'moderator', 'owner']],
    ['transfer.answer', ['member', 'moderator', 'owner']],
    ['room.update', ['moderator', 'owner']],
    ['room.lock', ['moderator', 'owner']],
    ['member.kick', ['moderator', 'owner']],
    ['member.ban', ['moderator', 'owner']],
    ['member.unban', ['moderator', 'owner']],
    ['member.mute', ['moderator', 'owner']],
    ['invite.create', ['moderator', 'owner']],
    ['invite.list', ['moderator', 'owner']],
    ['invite.revoke', ['moderator', 'owner']],
    ['lobby.answer', ['moderator', 'owner']],
    ['room.settings', ['owner']],
    ['room.delete', ['owner']],
    ['room.transfer', ['owner']],
    ['member.set', ['owner']],
    ['audit.read', ['owner']],
  ])('%s is for %p', (action, expected) => {
    const roles: Role[] = ['guest', 'member', 'moderator', 'owner'];
    const allowed = roles.filter(
      (role) => decide(who('external', { 'team-1': role }), action, { room: room(), membership: undefined }).allowed,
    );
    expect(allowed).toEqual(expected);
  });

  it.each<RoomAction>(['participants.read', 'messages.read', 'member.list'])(
    'a lock closes %s to absent users',
    (action) => {
      const read = (role: Role, present: boolean, locked = true) => {
        const attributes = { room: room({ locked }), membership: undefined, present };
        const decision = decide(who('external', { 'team-1': role }), action, attributes);
        return decision.allowed ? 'allowed' : decision.code;
      };
      expect([read('member', false), read('member', true)]).toEqual(['room_locked', 'allowed']);
      expect([read('moderator', false), read('owner', false)]).toEqual(['allowed', 'allowed']);
      expect(read('member', false, false)).toBe('allowed');
    },
  );

  const guest = who('guest', { 'team-1': 'guest' });
  const asked = (action: RoomAction, attributes: Partial<RoomAttributes>, more: Partial<AccessAttributes> = {}) => {
    const decision = decide(guest, action, { membership: undefined, ...more, room: room(attributes) });
    return decision.allowed ? decision.role : decision.code;
  };

  it.each<RoomAction>(['guest.token', 'room.list', 'invite.accept'])('%s precedes joining', (action) => {
    expect(asked(action, { access: 'lobby' })).toBe('guest');
    expect(asked(action, { access: 'invite', locked: true })).toBe('guest');
    expect(asked(action, {}, { banned: true })).toBe('banned');
  });

  it('tells only the holder of an invite that a room allows no guests', () => {
    expect(asked('invite.accept', { guestsAllowed: false })).toBe('guests_not_allowed');
    expect(asked('guest.token', { guestsAllowed: false })).toBe('room_not_found');
  });

  it('shows the name of a room to anyone who could enter it without a grant', () => {
    const attributes = [room(), room({ guestsAllowed: false }), room({ owner: null }), undefined];
    expect(attributes.map(decidePreview)).toEqual([true, true, true, false]);
    expect(decidePreview(room({ owner: null, guestsAllowed: false }))).toBe(false);
  });

  it.each<[ServerAction, Principal['kind'][]]>([
    ['account.token', ['account']],
    ['account.change', ['account']],
    ['account.read', ['account', 'external', 'guest']],
    ['ice.read', ['account', 'external']],
    ['room.create', ['account', 'external']],
    ['transfer.list', ['account', 'external']],
    ['user.read', ['account', 'external']],
    ['audit.read_all', []],
  ])('%s, in no particular room, is for %p', (action, expected) => {
    const kinds: Principal['kind'][] = ['account', 'external', 'guest'];
    expect(kinds.filter((kind) => decideForServer(who(kind), action))).toEqual(expected);
  });

  it('shows the whole audit log to administrators who are not guests', () => {
    const kinds: Principal['kind'][] = ['account', 'external', 'guest'];
    const administrators = new Set(['someone']);
    const allowed = kinds.filter((kind) => decideForServer(who(kind), 'audit.read_all', administrators));
    expect(allowed).toEqual(['account', 'external']);
  });

  it('lets a grant create a room, and guests into it if the grant says so', () => {
    const grants = { 'team-*': 'owner', lobby: 'member' } as const;
    const issued = { ...who('external', grants), guestRooms: ['team-*'] };
    expect(['team-1', 'lobby', 'other'].map((id) => mayCreateByGrant(issued, id))).toEqual([true, true, false]);
    expect(['team-1', 'lobby', 'other'].map((id) => grantAllowsGuests(issued, id))).toEqual([true, false, false]);
    expect(grantAllowsGuests(who('external', grants), 'team-1')).toBe(false);
    expect(mayCreateByGrant(who('guest', grants), 'team-1')).toBe(false);
  });

  it('counts its decisions by action and outcome', () => {
    const count = (outcome: string) =>
      policyCounts().find((row) => row[0] === 'audit.read' && row[1] === outcome)?.[2] ?? 0;
    const before = ['allowed', 'forbidden'].map(count);
    decide(who('account', {}, 'owner'), 'audit.read', { room: room(), membership: undefined });
    decide(who('account'), 'audit.read', { room: room(), membership: undefined });
    expect(['allowed', 'forbidden'].map(count)).toEqual(before.map((n) => n + 1));
  });
});
