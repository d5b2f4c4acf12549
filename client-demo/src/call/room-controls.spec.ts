import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ParleyError, type PeerId, type Role, type Room, type RoomEvents, type UserId } from '@parley/client';
import { announcement, clearNotices, notices } from '../state/notices.js';
import { personOf } from './person.js';
import { RoomControls } from './room-controls.js';

const GUSTA = { knock: 'k1', user: 'g_1' as UserId, name: 'Gusta', since: 1 };
const INFO = { name: 'Daily', access: 'lobby' as const, locked: false, capacity: 9, metadata: {} };

const person = (role: Role, peer = 'p') =>
  personOf(
    { peer: peer as PeerId, user: 'u' as UserId, name: 'Bela', role, meta: {}, state: 'on', order: 1 },
    'me' as PeerId,
  );

/** A room that emits what the test says and records the moderation requests. */
class FakeRoom {
  private readonly listeners = new Map<string, (payload: never) => void>();
  self = 'me' as PeerId;
  role: Role = 'moderator';
  permissions = { publish: true, chat: true };
  knocks: readonly (typeof GUSTA)[] = [];
  participants = new Map();
  asked: unknown[] = [];
  refusal: ParleyError | undefined;
  moderation = new Proxy(
    {},
    {
      get:
        (_, name) =>
        async (...details: unknown[]) => {
          this.asked.push([name, ...details]);
          if (this.refusal) throw this.refusal;
        },
    },
  );

  on(name: string, listener: (payload: never) => void): () => void {
    this.listeners.set(name, listener);
    return () => this.listeners.delete(name);
  }

  emit<Name extends keyof RoomEvents>(name: Name, payload: RoomEvents[Name]): void {
    this.listeners.get(name)?.(payload as never);
  }

  become(change: Partial<Pick<FakeRoom, 'role' | 'permissions'>>): void {
    Object.assign(this, change);
    this.emit('permitted', person(this.role, 'me') as never);
  }
}

const setup = (micOn = true) => {
  const media: string[] = [];
  const own = { micOn: () => micOn, mute: () => void media.push('mute'), silence: () => void media.push('silence') };
  const controls = new RoomControls(own, (call) => call('token'));
  const room = new FakeRoom();
  controls.enter(room as unknown as Room);
  return { controls, room, media };
};
const said = () => notices.value.map(({ text }) => text);

beforeEach(() => {
  jest.useFakeTimers();
  clearNotices();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('room controls', () => {
  it.each<[Role, Role[]]>([
    ['owner', ['moderator', 'member', 'guest']],
    ['moderator', ['member', 'guest']],
    ['member', []],
    ['guest', []],
  ])('lets a %s act on %p', (role, below) => {
    const { controls, room } = setup();
    room.become({ role });
    const roles: Role[] = ['owner', 'moderator', 'member', 'guest'];
    expect(roles.filter((one) => controls.mayActOn(person(one)))).toEqual(below);
    expect(controls.mayActOn(person('guest', 'me'))).toBe(false);
  });

  it('announces each knock once', () => {
    const { controls, room } = setup();
    room.emit('knocking', [GUSTA]);
    expect([controls.knocks.value, announcement.value]).toEqual([[GUSTA], 'Gusta is waiting in the lobby.']);
    announcement.value = '';
    room.emit('knocking', [GUSTA]);
    expect(announcement.value).toBe('');
    expect(controls.nameOf('g_1')).toBe('Gusta');
  });

  it('answers a knock, and explains that another moderator was faster', async () => {
    const { controls, room } = setup();
    await controls.answer(GUSTA, true);
    room.refusal = new ParleyError('not_found');
    await controls.answer(GUSTA, false);
    expect(room.asked).toEqual([
      ['admit', 'k1'],
      ['deny', 'k1'],
    ]);
    expect(said()).toEqual(['They are no longer there. They have left, or another moderator was faster.']);
  });

  it('turns the devices off when the permission is revoked, and leaves them off when it is restored', () => {
    const { controls, room, media } = setup();
    room.become({ permissions: { publish: false, chat: true } });
    room.become({ permissions: { publish: true, chat: true } });
    expect([media, controls.permissions.value.publish]).toEqual([['silence'], true]);
    expect(said()).toEqual(['You can turn on your mic and camera again.']);
  });

  it('offers to mute on a request, and leaves the decision to the user', () => {
    const { room, media } = setup();
    room.emit('mute_requested', { user: 'u' as UserId, by: person('owner') as never });
    expect([said(), media]).toEqual([['Bela asks you to mute.'], []]);
    notices.value[0]?.next?.run();
    expect(media).toEqual(['mute']);
  });

  it('shows no mute request to a user who is muted', () => {
    const { room } = setup(false);
    room.emit('mute_requested', { user: 'u' as UserId, by: undefined });
    expect(said()).toEqual([]);
  });

  it('announces a change of the lock, but not its state on joining', () => {
    const { controls, room } = setup();
    room.emit('info', { ...INFO, locked: true });
    expect(said()).toEqual([]);
    room.emit('info', INFO);
    expect(said()).toEqual(['The room is unlocked: new participants can join.']);
    expect(controls.info.value).toEqual(INFO);
  });

  it('prefixes the reason of a ban with the name', async () => {
    const { controls, room } = setup();
    await controls.remove(person('guest'), true, ' Sang ');
    await controls.remove(person('guest'), true, '');
    await controls.remove(person('guest'), false, '');
    expect(room.asked).toEqual([
      ['ban', 'p', 'Bela — Sang'],
      ['ban', 'p', 'Bela'],
      ['kick', 'p', undefined],
    ]);
  });

  it('remembers at most a thousand names, the newest', () => {
    const { controls } = setup();
    for (let n = 0; n < 1_001; n++) controls.learn(`u_${n}`, `Name ${n}`);
    expect([controls.nameOf('u_0'), controls.nameOf('u_1'), controls.nameOf('u_1000')]).toEqual([
      undefined,
      'Name 1',
      'Name 1000',
    ]);
  });
});
