import type { ConnectionId, NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import { RedisBus } from '../../src/bus/bus.redis.js';
import { Batch } from '../../src/bus/transport/batch.js';
import { type AttachRequest, type HeldAttachment, PRESENCE_TIMERS } from '../../src/presence/presence.js';
import { RedisPresence } from '../../src/presence/redis/presence.redis.js';
import { RoomCommandBatch } from '../../src/presence/redis/room-command-batch.js';
import { loadScripts } from '../../src/presence/redis/scripts.js';
import { SweepIndex } from '../../src/presence/redis/sweep-index.js';
import { RedisClient } from '../../src/redis/redis-client.js';
import { startRedis, type TestRedis } from '../../test/support/redis.js';
import { until } from '../../test/support/until.js';
import { cpuOf } from './measure/process-tree.js';
import { MEASURED } from './scale/costs.js';

const ROOMS = 3_000;
const PEERS_PER_ROOM = 4;
const BATCHES = 20_000;
/** Commands per turn of the event loop: one, or several as in a storm. */
const AT_ONCE = [1, 8] as const;

/** The part of a node that uses Redis. */
const openNode = async (redis: TestRedis, id: string) => {
  const node = id as NodeId;
  const link = new RedisClient(redis.url, 'bench');
  await until(async () => link.commands.available);
  const presence = new RedisPresence(link);
  const index = new SweepIndex(link.keys, loadScripts(link.commands), PRESENCE_TIMERS, () => Promise.reject());
  const turn = new RoomCommandBatch(index.indexRooms, (send) => link.commands.together(send));
  const bus = new RedisBus(link, () => presence.nodes());
  await bus.listen(node);
  /** The index updates of an attach or a reconcile, without these. */
  const touch = (room: RoomId) => turn.askIndexed(node, room, 'reconciled', () => Promise.resolve());
  return { node, link, presence, bus, touch };
};
type Node = Awaited<ReturnType<typeof openNode>>;

/** Peers room by room, repeatedly; consecutive peers of a room are on different nodes. */
const everybody = (nodes: readonly Node[]): readonly { readonly at: Node; readonly request: AttachRequest }[] =>
  Array.from({ length: ROOMS * PEERS_PER_ROOM }, (_, index) => {
    const at = nodes[Math.floor(index / ROOMS) % nodes.length] as Node;
    const id = `${index}-0123456789abcdef`;
    const participant = {
      ...{ peer: `peer-${id}` as PeerId, user: `user-${id}` as UserId, name: 'Ada Lovelace', meta: {} },
      role: 'member' as const,
    };
    const request = {
      ...{ room: `room-${index % ROOMS}` as RoomId, participant, node: at.node, capacity: 200 },
      ...{ connection: `connection-${id}` as ConnectionId, attempt: 1, replaceMeta: true },
    };
    return { at, request };
  });

/** The attachments of each node in each of its rooms. */
const holdings = (people: ReturnType<typeof everybody>) => {
  const all = new Map<string, { readonly at: Node; readonly room: RoomId; readonly held: HeldAttachment[] }>();
  for (const { at, request } of people) {
    const { room, connection, attempt } = request;
    const holding = all.get(`${room} ${at.node}`) ?? { at, room, held: [] };
    holding.held.push({ peer: request.participant.peer, connection, attempt });
    all.set(`${room} ${at.node}`, holding);
  }
  return [...all.values()];
};

/** The clocks and counters of Redis. */
const readRedis = async (redis: TestRedis) => {
  const [info] = (await redis.command('info', 'commandstats')) as [string];
  const stats = [...info.matchAll(/cmdstat_([^:]+):calls=(\d+),usec=(\d+)/g)];
  const sum = (wanted: RegExp, column: 2 | 3) =>
    stats.reduce((total, stat) => total + (wanted.test(stat[1] as string) ? Number(stat[column]) : 0), 0);
  return {
    cpu: cpuOf(redis.servers.map(({ pid }) => pid)),
    executing: sum(/^(eval|evalsha|publish)$/, 3),
    sent: sum(/^(eval|evalsha|publish)$/, 2),
    executed: sum(/./, 2),
  };
};
type Work = Awaited<ReturnType<typeof readRedis>>;

/** Measures the work of Redis per command, with this many commands per turn. */
const workFor = async <Item>(
  redis: TestRedis,
  items: readonly Item[],
  atOnce: number,
  ask: (item: Item) => Promise<unknown>,
): Promise<Work> => {
  const before = await readRedis(redis);
  for (let from = 0; from < items.length; from += atOnce) await Promise.all(items.slice(from, from + atOnce).map(ask));
  const after = await readRedis(redis);
  const each = (name: keyof Work) => (after[name] - before[name]) / items.length;
  return { cpu: each('cpu'), executing: each('executing'), sent: each('sent'), executed: each('executed') };
};

const measureAll = async (redis: TestRedis, nodes: readonly Node[], atOnce: number): Promise<Record<string, Work>> => {
  const people = everybody(nodes);
  const held = holdings(people);
  const [from, to] = nodes as [Node, Node];
  const compare = () =>
    workFor(redis, held, atOnce, ({ at, room, held: all }) => at.presence.reconcile(room, at.node, all));
  const publish = (signals: number) => {
    const signal = Buffer.alloc(MEASURED.signalBytes + MEASURED.envelopeBytes, 'x');
    const batch = new Batch();
    for (let i = 0; i < signals; i += 1) batch.put(signal);
    const channel = from.link.keys.channel(to.node);
    return workFor(redis, Array.from({ length: BATCHES }), atOnce, () =>
      from.link.commands.publish(channel, batch.payload),
    );
  };
  return {
    'a join': await workFor(redis, people, atOnce, ({ at, request }) => at.presence.attach(request)),
    'a node compares a room, first time': await compare(),
    'the same, unchanged': await compare(),
    'of that, the room index': await workFor(redis, held, atOnce, ({ at, room }) => at.touch(room)),
    'a leave': await workFor(redis, people, atOnce, ({ at, request: { room, participant, attempt } }) =>
      at.presence.leave(room, participant.peer, 'left', attempt),
    ),
    'a batch of one signal': await publish(1),
    'a batch of 16 signals': await publish(16),
  };
};

/** Redis's work for the commands of nodes, with two nodes and rooms of four: `npm run bench -- redis`. */
export const measureRedisWork = async (): Promise<void> => {
  const redis = await startRedis();
  const nodes = await Promise.all(['n1', 'n2'].map((id) => openNode(redis, id)));
  try {
    const runs: Record<string, Work>[] = [];
    // The first run warms up caches and memory.
    for (const atOnce of [AT_ONCE[0], ...AT_ONCE]) {
      await redis.command('flushall');
      runs.push(await measureAll(redis, nodes, atOnce));
    }
    const [, alone, together] = runs as [unknown, ...Record<string, Work>[]];
    console.log('| | µs, one at a time | µs, 8 at once | in the command | commands sent | executed |');
    console.log('|---|---|---|---|---|---|');
    for (const [name, { cpu, executing, sent, executed }] of Object.entries(together ?? {})) {
      const cells = [alone?.[name]?.cpu ?? 0, cpu, executing, sent, executed].map((value) => value.toPrecision(3));
      console.log(`| ${[name, ...cells].join(' | ')} |`);
    }
  } finally {
    await Promise.all(nodes.map(({ bus }) => bus.close()));
    for (const { link } of nodes) link.close();
    await redis.stop();
  }
};
