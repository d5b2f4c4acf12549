import { randomBytes } from 'node:crypto';
import type { NodeId } from '@parley/protocol';
import type { Bus } from '../../src/bus/bus.js';
import { MemoryBus, MemoryBusHub } from '../../src/bus/bus.memory.js';
import type { NameHolder } from '../../src/names/name-claims.js';
import { NameRouter } from '../../src/names/name-router.js';
import type { NameKey, Names, NameTimers } from '../../src/names/names.js';
import { MemoryNames } from '../../src/names/names.memory.js';
import { RedisNames } from '../../src/names/names.redis.js';
import type { TestRedis } from '../support/redis.js';
import { aNode } from './presence.fixture.js';
import { busFixture, Links } from './redis.fixture.js';

/** Short enough to wait for. Tests renew explicitly. */
export const TIMERS: NameTimers = { nameTtlMs: 30_000, renewMs: 200, expireMs: 400 };

/** One node: its view of the names, and its name router. */
export interface NamesNode {
  readonly id: NodeId;
  readonly bus: Bus;
  readonly names: Names;
  readonly router: NameRouter;
}

export interface NamesFixture {
  node(): Promise<NamesNode>;
  /** Makes the other nodes consider this node dead. */
  addTombstone(node: NodeId): void;
  /** Makes the store lose everything. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes nodes on an adapter. */
const fixtureOf = (parts: {
  bus(id: NodeId): Promise<Bus>;
  names(): Promise<Names>;
  forget(): Promise<void>;
  stop(): Promise<void>;
}): NamesFixture => {
  const alive = new Set<NodeId>();
  const boards: NameRouter[] = [];
  return {
    node: async () => {
      const id = aNode();
      const [bus, names] = [await parts.bus(id), await parts.names()];
      const router = new NameRouter(names, bus, async () => [...alive], { timers: TIMERS });
      alive.add(id);
      router.start();
      boards.push(router);
      await bus.listen(id);
      return { id, bus, names, router };
    },
    addTombstone: (node) => void alive.delete(node),
    forget: parts.forget,
    stop: async () => {
      for (const router of boards) router.stop();
      await Promise.all(boards.map((router) => router.settled()));
      await parts.stop();
    },
  };
};

export const namesInMemory = async (): Promise<NamesFixture> => {
  const hub = new MemoryBusHub();
  const names = new MemoryNames(undefined, TIMERS);
  return fixtureOf({
    bus: async () => new MemoryBus(hub),
    names: async () => names,
    forget: async () => names.clear(),
    stop: async () => {},
  });
};

export const namesOn = (start: () => Promise<TestRedis>) => async (): Promise<NamesFixture> => {
  const redis = await start();
  const links = new Links(redis);
  const buses = await busFixture(links);
  return fixtureOf({
    bus: () => buses.bus(),
    names: async () => new RedisNames(await links.open(), TIMERS),
    forget: async () => void (await redis.command('flushall')),
    stop: () => buses.stop(),
  });
};

export const aKey = (): NameKey => ({ tenant: 'peerjs', name: `name-${randomBytes(6).toString('hex')}` });

/** A socket of a node that claims a name, with the events that it received. */
export class TestHolder implements NameHolder {
  readonly connection = randomBytes(9).toString('base64url');
  readonly received: string[] = [];
  readonly events: string[] = [];
  /** False: it takes no message for now. */
  keepsUp = true;

  constructor(
    readonly at: NamesNode,
    readonly key: NameKey,
    readonly proof = 'owner',
  ) {}

  claim(): Promise<boolean> {
    return this.at.router.claim(this.key, { connection: this.connection, proof: this.proof }, this);
  }

  send(to: NameKey, body: string, keep?: boolean) {
    return this.at.router.send(to, this.connection, body, keep);
  }

  opened(waiting: readonly string[]): void {
    this.events.push('opened');
    this.received.push(...waiting);
  }
  deliver(body: string, kept = false): boolean {
    if (!this.events.includes('opened')) throw new Error('received a message before the name was opened');
    return (this.keepsUp || kept) && this.received.push(body) > 0;
  }
  lost(): void {
    this.events.push('lost');
  }
  expired({ name }: NameKey): void {
    this.events.push(`expired ${name}`);
  }
  refused({ name }: NameKey): void {
    this.events.push(`refused ${name}`);
  }
}

/** A socket that has claimed its name. */
export const holder = async (at: NamesNode, key: NameKey = aKey(), proof?: string): Promise<TestHolder> => {
  const socket = new TestHolder(at, key, proof);
  if (!(await socket.claim())) throw new Error('the name is taken');
  return socket;
};
