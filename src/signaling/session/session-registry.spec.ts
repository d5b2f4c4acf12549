import { describe, expect, it } from '@jest/globals';
import { CLOSE_CODES, type ConnectionId, DEFAULT_LIMITS, type SessionId, type UserId } from '@parley/protocol';
import { FakeSocket } from '../../../test/support/fake-socket.js';
import { Session } from './session.js';
import { SessionRegistry } from './session-registry.js';

const setup = () => {
  const clock = { now: 0, wall: 1_000_000 };
  const registry = new SessionRegistry(
    DEFAULT_LIMITS,
    () => clock.now,
    () => clock.wall,
  );
  const open = (attempt?: number, more: { features?: string[]; expiresAt?: number } = {}) => {
    const socket = new FakeSocket();
    const session = new Session(
      `c${Math.random()}` as ConnectionId,
      socket,
      DEFAULT_LIMITS,
      () => {},
      () => clock.now,
    );
    session.whenClosed(() => registry.remove(session));
    registry.add(session);
    if (attempt !== undefined) {
      session.info = {
        session: 's1' as SessionId,
        attempt,
        answersPings: more.features?.includes('heartbeat') === true,
      };
      session.principal = {
        user: 'u1' as UserId,
        name: 'U',
        kind: 'account',
        grants: {},
        issuedAt: 5,
        expiresAt: more.expiresAt ?? Number.MAX_SAFE_INTEGER,
        tokenId: 't',
      };
      if (registry.claim(session)) session.state = 'on';
    }
    return { socket, session };
  };
  return { clock, registry, open };
};

const roundOf = (registry: SessionRegistry): void => {
  for (let slot = 0; slot < registry.beats; slot += 1) registry.beat();
};

describe('SessionRegistry', () => {
  it('lets the higher attempt win, whatever the order of arrival', () => {
    const { registry, open } = setup();
    const newer = open(3);
    const late = open(2);
    expect(late.session.state).toBe('new');
    expect(newer.socket.closed).toBeUndefined();
    const newest = open(4);
    expect(newest.session.state).toBe('on');
    expect(newer.socket.closed?.code).toBe(CLOSE_CODES.superseded);
    expect(registry.isSucceeded(newer.session)).toBe(true);
  });
  it('terminates a socket that was silent for too long', () => {
    const { clock, registry, open } = setup();
    const silent = open(1);
    clock.now = DEFAULT_LIMITS.silenceMs - 1;
    roundOf(registry);
    expect(silent.socket.closed).toBeUndefined();
    clock.now += 1;
    roundOf(registry);
    expect(silent.socket.closed?.code).toBe(CLOSE_CODES.heartbeatTimeout);
    expect(silent.socket.terminated).toBe(true);
    expect(registry.size).toBe(0);
  });
  it('sends a ping frame to clients that asked for it, and a WebSocket ping to the others', () => {
    const { registry, open } = setup();
    const asked = open(1, { features: ['heartbeat'] });
    roundOf(registry);
    expect(asked.socket.messages()).toEqual([{ type: 'ping' }]);
    const plain = open(2);
    roundOf(registry);
    expect(plain.socket.pings).toBe(1);
    expect(plain.socket.frames).toEqual([]);
  });
  it('terminates sockets that do not send hello in time', () => {
    const { clock, registry, open } = setup();
    const mute = open();
    clock.now = DEFAULT_LIMITS.helloTimeoutMs;
    registry.expireUnauthenticated();
    expect(mute.socket.closed?.code).toBe(CLOSE_CODES.helloTimeout);
  });
  it('warns once before a token expires and closes afterwards, with a code that lets the client reconnect', () => {
    const { clock, registry, open } = setup();
    const { socket, session } = open(1, { expiresAt: 1_100_000 });
    roundOf(registry);
    expect(socket.messages()).toEqual([]);
    clock.wall = 1_050_000;
    roundOf(registry);
    roundOf(registry);
    expect(socket.messages()).toEqual([{ type: 'token_expiring', expiresAt: 1_100_000 }]);
    clock.wall = 1_130_000;
    session.markActive();
    roundOf(registry);
    expect(socket.closed?.code).toBe(CLOSE_CODES.tokenExpired);
  });
  it('limits the sessions per user, and forgets a user with their last session', () => {
    const clock = { now: 0 };
    const limits = { maxPerUser: 2, framesPerUser: { burst: 10, perSecond: 1 } };
    const registry = new SessionRegistry(
      DEFAULT_LIMITS,
      () => clock.now,
      () => 0,
      limits,
    );
    const enter = (id: string, attempt = 1) => {
      const session = new Session(
        `${id}${attempt}` as ConnectionId,
        new FakeSocket(),
        DEFAULT_LIMITS,
        () => {},
        () => clock.now,
      );
      session.whenClosed(() => registry.remove(session));
      session.info = { session: id as SessionId, attempt, answersPings: false };
      session.principal = { user: 'u1' as UserId } as Session['principal'];
      registry.add(session);
      expect(registry.claim(session)).toBe(true);
      return session;
    };
    const isFull = (id: string) => registry.isFull('u1' as UserId, id as SessionId);
    expect(isFull('a')).toBe(false);
    const [a, b] = [enter('a'), enter('b')];
    expect([isFull('c'), isFull('a')]).toEqual([true, false]);
    expect(a.userFrames).toBe(b.userFrames);
    const again = enter('a', 2);
    expect([isFull('c'), a.state]).toEqual([true, 'closed']);
    b.close(1000, '');
    expect([isFull('c'), registry.userCount]).toEqual([false, 1]);
    again.close(1000, '');
    expect(registry.userCount).toBe(0);
  });
});
