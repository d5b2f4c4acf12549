import { describe, expect, it } from '@jest/globals';
import {
  type ConnectionId,
  DEFAULT_LIMITS,
  type PeerId,
  type RoomId,
  type SessionId,
  type UserId,
} from '@parley/protocol';
import { FakeSocket } from '../../../test/support/fake-socket.js';
import { IceServers } from '../../ice/ice-servers.js';
import type { RoomAccess } from '../../rooms/room-access.js';
import { firstIceServers, freshIceServers, renewIceServers, renewIceServersBeforeJoin } from './ice-refresh.js';
import { Session } from './session.js';
import { SessionRegistry } from './session-registry.js';

const START = 1_800_000_000_000;

const setup = (turnUrls = ['turn:turn.example.org']) => {
  const clock = { wall: START };
  const wallClock = () => clock.wall;
  const ice = new IceServers(
    { stunUrls: [], turnUrls, turnSecret: 'shared with coturn', credentialSeconds: 900 },
    wallClock,
  );
  const context = { ice, wallClock, registry: new SessionRegistry(DEFAULT_LIMITS, wallClock, wallClock) };
  const open = (random: number) => {
    const socket = new FakeSocket();
    const session = new Session(`c${random}` as ConnectionId, socket, DEFAULT_LIMITS, () => {}, wallClock);
    context.registry.add(session);
    session.principal = { user: 'u_1' as UserId, kind: 'account' } as Session['principal'];
    session.info = { session: `s_${random}` as SessionId, attempt: 1, answersPings: false };
    session.state = 'on';
    freshIceServers(session, context, () => random);
    return { session, socket };
  };
  return { clock, services: context, open };
};

describe('TURN credentials', () => {
  it('are replaced repeatedly, at random between half and three quarters of their validity', () => {
    const { clock, services: context, open } = setup();
    const [first, last] = [open(0), open(1)];
    const beatAt = (seconds: number) => {
      clock.wall = START + seconds * 1000;
      renewIceServers(context.registry.all, context);
      return [first.socket.frames.length, last.socket.frames.length];
    };
    expect(beatAt(449)).toEqual([0, 0]);
    expect(beatAt(450)).toEqual([1, 0]);
    expect(beatAt(675)).toEqual([1, 1]);
    expect(first.socket.messages()[0]).toEqual({
      type: 'ice_servers',
      iceServers: [
        {
          urls: ['turn:turn.example.org'],
          username: `${START / 1000 + 450 + 900}:u_1`,
          credential: expect.any(String),
        },
      ],
    });
    expect(beatAt(450 + 675)[0]).toBe(2);
  });

  it('are not sent before hello or after the socket closed', () => {
    const { clock, services: context, open } = setup();
    const [early, gone] = [open(0), open(0.5)];
    early.session.state = 'hello';
    gone.session.state = 'closed';
    clock.wall += 900_000;
    renewIceServers(context.registry.all, context);
    expect([early.socket.frames, gone.socket.frames]).toEqual([[], []]);
  });

  it('are given to a guest whom a room admits, and otherwise with its first join', async () => {
    const { services: context, open } = setup();
    const { session, socket } = open(0);
    session.principal = { user: 'g_1' as UserId, kind: 'guest' } as Session['principal'];
    const asking = (mayRelay: boolean) =>
      firstIceServers(session, { ...context, access: { mayRelay: async () => mayRelay } as unknown as RoomAccess });
    const given = [expect.objectContaining({ username: expect.stringMatching(/^\d+:g_1$/) })];
    expect(await asking(true)).toEqual(given);
    renewIceServersBeforeJoin(session, context);
    expect(await asking(false)).toEqual([]);
    renewIceServers(context.registry.all, context);
    expect(socket.frames).toEqual([]);
    renewIceServersBeforeJoin(session, context);
    renewIceServersBeforeJoin(session, context);
    expect(socket.messages()).toEqual([{ type: 'ice_servers', iceServers: given }]);
  });

  it('of a guest are not replaced while it is in no room', () => {
    const { clock, services: context, open } = setup();
    const [outside, inRoom] = [open(0), open(0)];
    for (const { session } of [outside, inRoom])
      session.principal = { user: 'g_1' as UserId, kind: 'guest' } as Session['principal'];
    inRoom.session.entered('r_1' as RoomId, 'p_1' as PeerId);
    clock.wall += 900_000;
    renewIceServers(context.registry.all, context);
    expect([outside.socket.frames.length, inRoom.socket.frames.length]).toEqual([0, 1]);
  });

  it('are not replaced when no TURN server is configured', () => {
    const { clock, services: context, open } = setup([]);
    const { socket } = open(0);
    clock.wall += 900_000;
    renewIceServers(context.registry.all, context);
    expect(socket.frames).toEqual([]);
  });
});
