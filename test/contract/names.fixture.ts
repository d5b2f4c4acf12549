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

/** Short enough to wait for. The renewal is left to what the tests do. */
export const TIMERS: NameTimers = { nameTtlMs: 30_000, renewMs: 200, expireMs: 400 };

/** One node: its view of the names, and its name router. */
export interface NamesNode {
  readonly id: NodeId;
  readonly bus: Bus;
  readonly names: Names;
  readonly board: NameRouter;
}

export interface NamesFixture {
  node(): Promise<NamesNode>;
  /** The others do not count this node among the living any more. */
  addTombstone(node: NodeId): void;
  /** The store forgets everything. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts nodes together out of what an adapter gives. */
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
      const board = new NameRouter(names, bus, async () => [...alive], { timers: TIMERS });
      alive.add(id);
      board.start();
      boards.push(board);
      await bus.listen(id);
      return { id, bus, names, board };
    },
    addTombstone: (node) => void alive.delete(node),
    forget: parts.forget,
    stop: async () => {
      for (const board of boards) board.stop();
      await Promise.all(boards.map((board) => board.settled()));
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

/** A socket of a node that wants a name, with all that happened to it. */
export class TestHolder implements NameHolder {
  readonly connection = randomBytes(9).toString('base64url');
  readonly got: string[] = [];
  readonly events: string[] = [];
  /** False: it takes no message for now. */
  keepsUp = true;

  constructor(
    readonly at: NamesNode,
    readonly key: NameKey,
    readonly proof = 'owner',
  ) {}

  claim(): Promise<boolean> {
    return this.at.board.claim(this.key, { connection: this.connection, proof: this.proof }, this);
  }

  send(to: NameKey, body: string, keep?: boolean) {
    return this.at.board.send(to, this.connection, body, keep);
  }

  opened(waiting: readonly string[]): void {
    this.events.push('opened');
    this.got.push(...waiting);
  }
  deliver(body: string, kept = false): boolean {
    if (!this.events.includes('opened')) throw new Error('a message before the name was opened');
    return (this.keepsUp || kept) && this.got.push(body) > 0;
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

/** A socket that has its name. */
export const holder = async (at: NamesNode, key: NameKey = aKey(), proof?: string): Promise<TestHolder> => {
  const socket = new TestHolder(at, key, proof);
  if (!(await socket.claim())) throw new Error('the name is taken');
  return socket;
};
