import { describe, expect, it } from '@jest/globals';
import type { Role, UserId } from '@parley/protocol';
import { decide, type RoomAction, type RoomFacts } from './policy.js';
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

const room = (facts: Partial<RoomFacts> = {}): RoomFacts => ({
  id: 'team-1',
  owner: 'owner',
  guestsAllowed: true,
  access: 'open',
  locked: false,
  ...facts,
});

type Row = [
  string,
  Principal,
  RoomFacts | undefined,
  Role | undefined,
  Role | 'forbidden' | 'guests_not_allowed' | 'room_not_found',
];

const ROWS: Row[] = [
  ['an account in a room of somebody', who('account'), room(), undefined, 'member'],
  ['the owner', who('account', {}, 'owner'), room(), undefined, 'owner'],
  ['a moderator by membership', who('account'), room(), 'moderator', 'moderator'],
  ['an outside user', who('external'), room(), undefined, 'member'],
  ['an outside user with a grant by id', who('external', { 'team-1': 'moderator' }), room(), undefined, 'moderator'],
  ['an outside user with a grant by pattern', who('external', { 'team-*': 'owner' }), room(), undefined, 'owner'],
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
    'guests_not_allowed',
  ],
  ['a guest of another room', who('guest', { 'team-2': 'guest' }), room(), undefined, 'forbidden'],
  ['a guest without a room', who('guest'), room(), undefined, 'forbidden'],
  ['a guest with the id of the owner', who('guest', {}, 'owner'), room(), 'owner', 'forbidden'],
  ['anybody where there is no room', who('account', { '*': 'owner' }), undefined, undefined, 'room_not_found'],
];

describe('policy', () => {
  it.each(ROWS)('joining as %s', (_, principal, facts, membership, expected) => {
    const decision = decide(principal, 'room.join', { room: facts, membership });
    expect(decision.allowed ? decision.role : decision.code).toBe(expected);
  });

  it.each<[RoomAction, Role[]]>([
    ['room.read', ['guest', 'member', 'moderator', 'owner']],
    ['room.join', ['guest', 'member', 'moderator', 'owner']],
    ['room.signal', ['guest', 'member', 'moderator', 'owner']],
    ['room.publish', ['guest', 'member', 'moderator', 'owner']],
    ['room.chat', ['guest', 'member', 'moderator', 'owner']],
    ['room.broadcast', ['guest', 'member', 'moderator', 'owner']],
    ['messages.read', ['guest', 'member', 'moderator', 'owner']],
    ['participants.read', ['guest', 'member', 'moderator', 'owner']],
    ['member.list', ['member', 'moderator', 'owner']],
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
});
