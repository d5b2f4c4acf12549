import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import { MemoryPresence, MemoryPresenceStore } from '../../presence/memory/presence.memory.js';
import type { AttachRequest, Change } from '../../presence/presence.js';
import { RemovalAwarePresence } from './removal-aware-presence.js';
import { RemovalCache } from './removal-cache.js';

const [ROOM, ADA, PEER] = ['r1' as RoomId, 'ada' as UserId, 'p1' as PeerId];
const REQUEST: AttachRequest = {
  room: ROOM,
  participant: { peer: PEER, user: ADA, name: 'Ada', role: 'member', meta: {} },
  ...{ node: 'n1' as NodeId, connection: 'c1' as ConnectionId, attempt: 1, capacity: 10, replaceMeta: false },
};

/** Presence where something happens while an attach is under way. */
const setup = (meanwhile: (removals: RemovalCache, store: MemoryPresenceStore) => void = () => {}) => {
  const store = new MemoryPresenceStore();
  const inner = new MemoryPresence(store);
  const removals = new RemovalCache(() => 1);
  const attach = inner.attach.bind(inner);
  inner.attach = async (request) => {
    const result = await attach(request);
    meanwhile(removals, store);
    return result;
  };
  const presence = new RemovalAwarePresence(inner, removals);
  const published: (Change | undefined)[] = [];
  const retried: unknown[] = [];
  presence.undo = {
    publish: (change) => published.push(change),
    retryRemoval: (...what) => retried.push(what),
  };
  const events = () => published.flatMap((change) => change?.events ?? []).map(({ event }) => event);
  return { presence, removals, store, events, retried };
};

describe('presence that is aware of removals', () => {
  it('attaches a peer whose user was removed before: who may come in is decided elsewhere', async () => {
    const { presence, removals, events } = setup();
    removals.record(ROOM, ADA, 1);
    expect(await presence.attach(REQUEST)).toMatchObject({ kind: 'attached', resumed: false });
    expect(events()).toEqual([]);
  });

  it('refuses a peer that was ended, without asking the store', async () => {
    const { presence, removals, store } = setup();
    removals.end(PEER);
    store.down = true;
    expect(await presence.attach(REQUEST)).toEqual({ kind: 'ended' });
  });

  it('undoes an attach whose user was removed meanwhile, and tells of both', async () => {
    const { presence, removals, events } = setup((during) => during.record(ROOM, ADA, 1));
    expect(await presence.attach(REQUEST)).toEqual({ kind: 'ended' });
    expect([events(), removals.isEnded(PEER)]).toEqual([['joined', 'left'], true]);
    expect((await presence.snapshot(ROOM)).members).toEqual([]);
  });

  it('undoes an attach whose peer was ended meanwhile', async () => {
    const { presence, events } = setup((during) => during.end(PEER));
    expect(await presence.attach(REQUEST)).toEqual({ kind: 'ended' });
    expect(events()).toEqual(['joined', 'left']);
  });

  it('leaves the removal to be retried when the store is unavailable', async () => {
    const { presence, retried } = setup((during, store) => {
      during.record(ROOM, ADA, 1);
      store.down = true;
    });
    expect(await presence.attach(REQUEST)).toEqual({ kind: 'ended' });
    expect(retried).toEqual([[ROOM, PEER]]);
  });

  it('hands on what the store refuses', async () => {
    const { presence } = setup();
    expect(await presence.attach({ ...REQUEST, capacity: 0 })).toEqual({ kind: 'full' });
  });
});
