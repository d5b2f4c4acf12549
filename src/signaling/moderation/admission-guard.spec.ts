import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ConnectionId, type NodeId, type PeerId, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { HandlerFixture, lastFrame, ROOM } from '../../../test/support/handler-fixture.js';
import type { ClusterEvent } from '../../bus/bus.js';
import { MemoryPresence, MemoryPresenceStore } from '../../presence/memory/presence.memory.js';
import type { AttachRequest, Change } from '../../presence/presence.js';
import { handleHello } from '../messages/handlers/hello.js';
import { handleJoin } from '../messages/handlers/join.js';
import { AdmissionGuard, MAX_PENDING_ADMISSIONS, type RemovePeer } from './admission-guard.js';
import { RECENT_REMOVAL_MS, RemovalCache } from './removal-cache.js';

const [ADA, BOB, PEER] = ['ada' as UserId, 'bob' as UserId, 'p1' as PeerId];
const join = { type: 'join', id: 'j1', room: ROOM } as const;
const REMOVED: ClusterEvent = { fact: 'user_removed', room: ROOM, user: BOB, at: Date.now(), peers: [] };
const CHANGED: ClusterEvent = { fact: 'member_changed', room: ROOM, user: BOB };

/** Calls something once, after the method has its result and before it returns it. */
const during = <Name extends string>(target: { [name in Name]: any }, name: Name, act: () => void) => {
  const method = target[name].bind(target);
  let done = false;
  target[name] = async (...args: unknown[]) => {
    const result = await method(...args);
    if (!done) act();
    done = true;
    return result;
  };
};

describe('a join during which something happens', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(async () => {
    expect([fixture.context.admissions.size, fixture.node.faults]).toEqual([0, []]);
    await fixture.stop();
  });
  const members = async () => (await fixture.node.presence.snapshot(ROOM)).members;
  const happen = (event: ClusterEvent) => fixture.node.bus.dispatchLocal(event);
  const permissions = { current: { role: 'moderator' } as object };
  const admitting = () => {
    permissions.current = { role: 'moderator' };
    fixture.context.access.admit = async () => ({ role: 'member', capacity: 100, ...permissions.current });
  };
  const demote = () => {
    permissions.current = { role: 'member', publish: false };
    happen(CHANGED);
  };

  it('applies a permission change made while the room is asked', async () => {
    const alice = await fixture.enter('alice');
    admitting();
    const bob = await fixture.welcome('bob');
    during(fixture.context.access, 'admit', demote);
    await fixture.run(handleJoin, bob, join);
    const { peer, participants } = lastFrame(bob);
    const one = { peer, role: 'member', publish: false };
    expect(participants).toContainEqual(expect.objectContaining(one));
    expect(fixture.context.rooms.participantOf(peer)).toMatchObject(one);
    expect(await members()).toContainEqual(expect.objectContaining(one));
    fixture.context.rooms.get(ROOM)?.notify();
    expect(alice.client.rosterEvents()).toMatchObject([{ event: 'joined', participant: one }]);
  });

  it('applies a permission change made while the peer is attached, before it is answered', async () => {
    const alice = await fixture.enter('alice');
    admitting();
    const bob = await fixture.welcome('bob');
    during(fixture.node.presence, 'attach', demote);
    await fixture.run(handleJoin, bob, join);
    const { peer, participants, resumed } = lastFrame(bob);
    const one = { peer, role: 'member', publish: false };
    expect([resumed, participants]).toEqual([false, expect.arrayContaining([expect.objectContaining(one)])]);
    expect(fixture.context.rooms.participantOf(peer)).toMatchObject(one);
    expect(await members()).toContainEqual(expect.objectContaining(one));
    fixture.context.rooms.get(ROOM)?.notify();
    expect(alice.client.rosterEvents()).toMatchObject([{ event: 'joined' }, { event: 'permitted', peer }]);
  });

  it('is asked again when a removal from a while ago is received: the token may be newer', async () => {
    const bob = await fixture.welcome('bob');
    let asked = 0;
    fixture.context.access.admit = async () => {
      asked += 1;
      return { role: 'member', capacity: 100 };
    };
    Object.assign(bob.session, { principal: { ...bob.session.principal, issuedAt: Date.now() } });
    const late = { ...REMOVED, at: Date.now() - RECENT_REMOVAL_MS - 1 } as ClusterEvent;
    during(fixture.context.access, 'admit', () => happen(late));
    await fixture.run(handleJoin, bob, join);
    expect([asked, lastFrame(bob).type, (await members()).length]).toEqual([2, 'joined', 1]);
  });

  it.each([
    ['the user is removed', REMOVED, 'removed', 'session_ended'],
    ['the room ends', { fact: 'room_closed', room: ROOM }, 'room_not_found', 'room_not_found'],
  ] as const)('is refused when %s', async (_what, event, whileAsked, whileAttached) => {
    const alice = await fixture.enter('alice', 'r2');
    for (const [target, name, code] of [
      [fixture.context.access, 'admit', whileAsked],
      [fixture.node.presence, 'attach', whileAttached],
    ] as const) {
      const bob = await fixture.welcome('bob');
      during(target as never, name as never, () => happen(event));
      await expect(fixture.run(handleJoin, bob, join)).rejects.toMatchObject({ code });
      expect([bob.session.rooms.size, await members(), fixture.context.rooms.get(ROOM)]).toEqual([0, [], undefined]);
      if (event.fact === 'user_removed') Object.assign(event, { at: event.at + 1 });
    }
    expect(alice.client.session.rooms.size).toBe(1);
  });

  it.each([
    ['admit', 'not answered'],
    ['attach', 'session_ended'],
  ] as const)('leaves nothing when the user is revoked before %s returns', async (step, outcome) => {
    const bob = await fixture.welcome('bob');
    const target = step === 'admit' ? fixture.context.access : fixture.node.presence;
    during(target as never, step as never, () => happen({ fact: 'user_revoked', user: BOB, before: 1e15 }));
    const answer = fixture.run(handleJoin, bob, join).then(
      () => 'not answered',
      ({ code }: ProtocolError) => code,
    );
    expect(await answer).toBe(outcome);
    expect([bob.session.state, bob.received('joined'), await members()]).toEqual(['closed', [], []]);
  });

  it.each(['admit', 'attach'] as const)('is refused when the room is locked before %s returns', async (step) => {
    let locked = false;
    const { access } = fixture.context;
    access.admit = async () => ({ role: 'member', capacity: 100, ...(locked && { returningOnly: true }) });
    const ada = await fixture.enter('ada');
    const lock = () => {
      locked = true;
      happen({ fact: 'room_changed', room: ROOM });
    };
    during((step === 'admit' ? access : fixture.node.presence) as never, step as never, lock);
    const bob = await fixture.welcome('bob');
    await expect(fixture.run(handleJoin, bob, join)).rejects.toMatchObject({ code: 'room_locked' });
    expect((await members()).map(({ peer }) => peer)).toEqual([ada.peer]);
    // A peer that was in the room may come back.
    await fixture.run(handleJoin, ada.client, join);
    expect(lastFrame(ada.client)).toMatchObject({ type: 'joined', resumed: true });
  });

  it('keeps a peer that joined before, when joining again is refused', async () => {
    const bob = await fixture.enter('bob');
    let refused = false;
    fixture.context.access.admit = async () => {
      if (refused) throw new ProtocolError('forbidden');
      return { role: 'member', capacity: 100 };
    };
    during(fixture.node.presence as never, 'attach' as never, () => {
      refused = true;
      happen(CHANGED);
    });
    await expect(fixture.run(handleJoin, bob.client, join)).rejects.toMatchObject({ code: 'forbidden' });
    expect([bob.client.session.rooms.get(ROOM), (await members()).length]).toEqual([bob.peer, 1]);
  });

  it('is refused as unavailable when the room changes all the time, and asked eight times', async () => {
    let asked = 0;
    fixture.context.access.admit = async () => {
      asked += 1;
      happen({ fact: 'room_changed', room: ROOM });
      return { role: 'member', capacity: 100 };
    };
    const bob = await fixture.welcome('bob');
    await expect(fixture.run(handleJoin, bob, join)).rejects.toMatchObject({ code: 'unavailable' });
    expect([asked, await members()]).toEqual([8, []]);
  });

  it('is not concerned by events of others', async () => {
    let asked = 0;
    const bob = await fixture.welcome('bob');
    fixture.context.access.admit = async () => {
      asked += 1;
      happen({ ...REMOVED, room: 'r2' as RoomId });
      happen({ ...REMOVED, user: ADA });
      happen({ ...CHANGED, user: ADA });
      happen({ fact: 'room_closed', room: 'r2' as RoomId });
      return { role: 'member', capacity: 100 };
    };
    await fixture.run(handleJoin, bob, join);
    expect([asked, lastFrame(bob).type]).toEqual([1, 'joined']);
  });

  it('verifies the token of a hello again when a user was revoked meanwhile', async () => {
    const { verifier, access, registry } = fixture.context;
    const verify = verifier.verify.bind(verifier);
    let revoked = false;
    verifier.verify = async (token) => {
      if (revoked) throw new ProtocolError('token_invalid');
      const principal = await verify(token);
      revoked = true;
      happen({ fact: 'user_revoked', user: BOB, before: 1e15 });
      return principal;
    };
    access.mayRelay = async () => true;
    const bob = fixture.node.connect('bob');
    await fixture.run(handleHello, bob, { type: 'hello', id: 'h1', token: 'bob', key: bob.key, attempt: 1 });
    expect([lastFrame(bob).code, bob.session.state, registry.sessionCount]).toEqual(['token_invalid', 'closed', 0]);
  });
});

const REQUEST: AttachRequest = {
  room: ROOM,
  participant: { peer: PEER, user: ADA, name: 'Ada', role: 'member', meta: {} },
  ...{ node: 'n1' as NodeId, connection: 'c1' as ConnectionId, attempt: 1, capacity: 10, replaceMeta: false },
};

/** A guard, and a store where something happens while a peer is attached again. */
const setup = (meanwhile: (guard: AdmissionGuard) => void = () => {}) => {
  const presence = new MemoryPresence(new MemoryPresenceStore());
  const published: (Change | undefined)[] = [];
  const remove = async (...peer: Parameters<RemovePeer>) => void published.push(await presence.leave(...peer));
  const guard = new AdmissionGuard(new RemovalCache(() => 1), remove, Date.now);
  let attaches = 0;
  const reattach = () =>
    guard.reattach(ROOM, ADA, PEER, {
      attach: async () => {
        attaches += 1;
        const result = await presence.attach(REQUEST);
        meanwhile(guard);
        return result;
      },
      undo: ({ change }) => published.push(change),
    });
  const events = () => published.flatMap((change) => change?.events ?? []).map(({ event }) => event);
  return { presence, guard, reattach, events, attaches: () => attaches };
};
const remove = (guard: AdmissionGuard) => guard.note({ ...REMOVED, user: ADA } as ClusterEvent);

describe('a peer that is attached again', () => {
  it('stays when its user was removed before: who may come in is decided elsewhere', async () => {
    const { guard, reattach, events } = setup();
    remove(guard);
    expect(await reattach()).toMatchObject({ kind: 'attached', resumed: false });
    expect(events()).toEqual([]);
  });

  it('is refused when it was ended, without asking the store', async () => {
    const { guard, reattach, attaches } = setup();
    guard.end(PEER);
    expect([await reattach(), attaches()]).toEqual([{ kind: 'ended' }, 0]);
  });

  it('leaves when its user is removed meanwhile, and both are published', async () => {
    const { presence, guard, reattach, events } = setup(remove);
    expect(await reattach()).toEqual({ kind: 'ended' });
    expect([events(), guard.isEnded(PEER), guard.size]).toEqual([['joined', 'left'], true, 0]);
    expect((await presence.snapshot(ROOM)).members).toEqual([]);
  });

  it('leaves when it is ended meanwhile, or its room', async () => {
    const ended = setup((guard) => guard.end(PEER));
    const closed = setup((guard) => guard.note({ fact: 'room_closed', room: ROOM }));
    for (const { reattach, events } of [ended, closed]) {
      expect(await reattach()).toEqual({ kind: 'ended' });
      expect(events()).toEqual(['joined', 'left']);
    }
  });

  it('is not attached when its permissions are the same, and refused while they are read for a removed user', async () => {
    const { guard } = setup();
    const steps = { attach: () => Promise.reject(new Error('attached')), undo: () => {} };
    expect(await guard.reattach(ROOM, ADA, PEER, { ...steps, admit: async () => false })).toBeUndefined();
    const admit = async () => remove(guard);
    await expect(guard.reattach(ROOM, ADA, PEER, { ...steps, admit })).rejects.toMatchObject({ code: 'removed' });
  });

  it('reads permissions again that changed while they were read', async () => {
    const { guard, presence } = setup();
    let asked = 0;
    const admit = async () => {
      asked += 1;
      if (asked === 1) guard.note({ ...CHANGED, user: ADA } as ClusterEvent);
      return true;
    };
    await guard.reattach(ROOM, ADA, PEER, { admit, attach: () => presence.attach(REQUEST), undo: () => {} });
    expect(asked).toBe(2);
  });
});

it('refuses operations beyond its limit, and none before', async () => {
  const { guard } = setup();
  const steps = { attach: () => new Promise<never>(() => {}), undo: () => {} };
  for (let n = 0; n < MAX_PENDING_ADMISSIONS; n += 1) void guard.reattach(ROOM, ADA, PEER, steps);
  expect(guard.size).toBe(MAX_PENDING_ADMISSIONS);
  await expect(guard.reattach(ROOM, ADA, PEER, steps)).rejects.toMatchObject({ code: 'unavailable' });
  expect(guard.size).toBe(MAX_PENDING_ADMISSIONS);
});
