import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerId, RoomId } from '@parley/protocol';
import { MemoryBusHub } from '../../src/bus/bus.memory.js';
import { MemoryPresenceStore } from '../../src/presence/memory/presence.memory.js';
import { MemoryDatabase } from '../support/memory-bridges.js';
import { type MemoryClient, MemoryNode } from '../support/memory-node.js';

const ROUNDS = 1_000;
const MODERATOR = { user: 'moderator', name: 'M', kind: 'account', grants: {}, issuedAt: 1e15, expiresAt: 1e15 };

/** A generator with a seed, so that a failed round can be repeated. */
const randomBy = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
};

const turns = async (count: number): Promise<void> => {
  for (let nextTick = 0; nextTick < count; nextTick += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Two nodes, and a user who joins, resumes on another node or rejoins at the moment of a removal. */
describe('whoever is put out', () => {
  const store = new MemoryPresenceStore();
  const hub = new MemoryBusHub();
  const database = new MemoryDatabase();
  const nodes: MemoryNode[] = [];
  let random = randomBy(1);

  beforeAll(async () => {
    database.latencyTicks = () => Math.floor(random() * 4);
    for (let n = 0; n < 2; n += 1) nodes.push(await new MemoryNode(store, hub, undefined, database).start());
  });
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  const node = (n: number): MemoryNode => nodes[n % 2] as MemoryNode;

  const attempt = async (client: MemoryClient, room: string): Promise<string> => {
    const welcome = await client.hello();
    if (welcome.type !== 'welcome') return welcome.code;
    const answer = await client.request({ type: 'join', room });
    return answer.type === 'joined' ? 'joined' : answer.code;
  };

  /** @returns the peers of the user in the store and on every node */
  const remains = async (room: string, user: string): Promise<unknown[]> => {
    const { members } = await node(0).presence.snapshot(room as RoomId);
    const bindings = nodes.flatMap(({ services: context }) =>
      [...(context.rooms.get(room as RoomId)?.local.values() ?? [])].filter(
        ({ session }) => session.principal.user === user,
      ),
    );
    return [...members.filter((member) => member.user === user), ...bindings];
  };

  const settled = async (room: string, user: string): Promise<unknown[]> => {
    for (let poll = 0; poll < 400; poll += 1) {
      if ((await remains(room, user)).length === 0) return [];
      await turns(2);
    }
    return remains(room, user);
  };

  it.each([
    ['banned', true],
    ['kicked', false],
  ])(
    `is out after being %s, in each of ${ROUNDS} races with joins, resumes and an empty store`,
    async (_word, ban) => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        random = randomBy(round * 2 + (ban ? 1 : 0));
        const [room, user] = [`r${round}${ban}`, `u${round}${ban}`];
        const first = node(round).connect(user);
        const doing: Promise<unknown>[] = [attempt(first, room)];
        await turns(Math.floor(random() * 12));
        const resume = node(round + 1).connect(user, { key: first.key, attempt: 2 });
        const other = node(round).connect(user);
        doing.push(attempt(resume, room));
        const kicker = node(Math.floor(random() * 2)).services.moderation;
        const by = { principal: { ...MODERATOR, tokenId: 't' } as never, ip: null };
        await turns(Math.floor(random() * 6));
        const kicked = kicker.kick(by, room as RoomId, user as PeerId, { ban });
        doing.push(kicked, attempt(other, room));
        if (random() < 0.2) {
          await turns(Math.floor(random() * 6));
          store.rooms.clear();
        }
        await Promise.all(doing);
        expect({ round, left: await settled(room, user) }).toEqual({ round, left: [] });
        // With the old token, neither the same key nor another one is admitted, on any node.
        const again = node(round).connect(user, { key: first.key, attempt: 3 });
        const fresh = node(round + 1).connect(user);
        const answers = [await attempt(again, room), await attempt(fresh, room)];
        expect({ round, answers }).toEqual({ round, answers: ban ? ['banned', 'banned'] : ['removed', 'removed'] });
        for (const client of [first, resume, other, again, fresh]) client.session.close(1000, 'done');
      }
      expect(nodes.flatMap(({ faults }) => faults)).toEqual([]);
    },
    240_000,
  );
});
