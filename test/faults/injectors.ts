import { setTimeout as wait } from 'node:timers/promises';
import { ask } from '../support/redis.js';
import type { RedisProcess } from '../support/redis-process.js';
import { until } from '../support/until.js';
import type { Client, Clients } from './clients.js';
import type { Fleet, NodeSlot } from './fleet.js';
import { commandNode, STEPS_OF_TALK } from './node-side.js';
import type { FaultName } from './plan.js';
import type { Faults } from './proxied-stream.js';
import { failBack, failOver, mastersOf } from './redis-servers.js';

/** The system that faults are injected into. */
export interface Scene {
  readonly fleet: Fleet;
  readonly clients: Clients;
  /** True if the store has lost data in this run. */
  readonly lostData: () => boolean;
  /** Records for the judge that another client has the key of this one. */
  readonly contest: (client: Client) => void;
  /** Starts a client in place of one that left or crashed. */
  readonly admit: (pick: number) => Promise<void>;
}

/** Injects one fault, from its beginning to its end. */
type Injector = (scene: Scene, forMs: number, pick: number) => Promise<unknown>;

const one = <Item>(items: readonly Item[], pick: number): Item | undefined => items[Math.floor(pick * items.length)];

const slot = ({ fleet }: Scene, pick: number): NodeSlot => one(fleet.slots, pick) as NodeSlot;

const withClient =
  (act: (client: Client, forMs: number, scene: Scene) => Promise<unknown>): Injector =>
  async (scene, forMs, pick) => {
    const client = one(scene.clients.alive, pick);
    if (client !== undefined) await act(client, forMs, scene);
  };

const onNetwork =
  (faults: Faults): Injector =>
  async ({ fleet }, forMs) => {
    fleet.balancer.set(faults);
    await wait(forMs);
    fleet.balancer.heal();
  };

const onLink =
  (faults: Faults): Injector =>
  async (scene, forMs, pick) => {
    const { redis } = slot(scene, pick);
    redis?.set(faults);
    await wait(forMs);
    redis?.heal();
  };

/** A server that accepts writes; undefined during a failover. */
const master = async ({ fleet: { redis } }: Scene, pick: number): Promise<RedisProcess | undefined> =>
  one(await mastersOf(redis), pick);

const onMaster =
  (act: (server: RedisProcess, forMs: number) => Promise<unknown>): Injector =>
  async (scene, forMs, pick) => {
    const server = await master(scene, pick);
    if (server !== undefined) await act(server, forMs);
  };

export const INJECTORS: Readonly<Record<FaultName, Injector>> = {
  'node killed': async (scene, forMs, pick) => {
    const victim = slot(scene, pick);
    await scene.fleet.kill(victim);
    await wait(forMs);
    await scene.fleet.replace(victim);
  },
  'node killed at a step': async (scene, forMs, pick) => {
    const victim = slot(scene, pick);
    // The digits of the random number that did not select the slot select the step.
    const step = one(STEPS_OF_TALK, (pick * scene.fleet.slots.length) % 1);
    if (victim.node !== undefined) await commandNode(victim.node, 'arm', step);
    await until(() => victim.node?.process.signalCode === 'SIGKILL', forMs).catch(() => {});
    await scene.fleet.kill(victim);
    await scene.fleet.replace(victim);
  },
  'node replaced': async (scene, _forMs, pick) => {
    const victim = slot(scene, pick);
    await scene.fleet.terminate(victim);
    await scene.fleet.replace(victim);
  },
  'node stopped': async (scene, forMs, pick) => {
    const child = slot(scene, pick).node?.process;
    child?.kill('SIGSTOP');
    await wait(forMs);
    child?.kill('SIGCONT');
  },

  'sockets cut': async ({ fleet }, _forMs, pick) => fleet.balancer.cut(0.2 + pick),
  'socket half open': withClient((client) => client.command('deafen')),
  'reader stalled': withClient((client, ms) => client.command('stall', { ms })),
  'network slow': onNetwork({ latencyMs: 80, jitterMs: 200 }),
  'network sliced': onNetwork({ sliceBytes: 11 }),
  'network held': onNetwork({ hold: 'both' }),
  'network dead': onNetwork({ blackhole: 'both' }),

  'redis cut from a node': onLink({ blackhole: 'both' }),
  'redis deaf to a node': onLink({ blackhole: 'up' }),
  'redis replies swallowed': onLink({ swallowReplies: true }),
  'redis held': onLink({ hold: 'both' }),
  'redis slow': onLink({ latencyMs: 150, jitterMs: 100 }),
  'redis killed': onMaster(async (server, forMs) => {
    await server.kill();
    await wait(forMs);
    await server.restart();
  }),
  'redis paused': onMaster(async ({ port }, forMs) => {
    await ask(port, 'client', 'pause', Math.ceil(forMs), 'all');
    await wait(forMs);
  }),
  'redis stopped': onMaster(async (server, forMs) => {
    server.pause();
    await wait(forMs);
    server.resume();
  }),
  'redis scripts flushed': onMaster(({ port }) => ask(port, 'script', 'flush')),
  'redis failed over': ({ fleet: { redis } }, _forMs, pick) => failOver(redis, pick).catch(() => {}),
  'redis failed back': ({ fleet: { redis } }, forMs, pick) => failBack(redis, forMs, pick),
  'postgres away': async ({ fleet: { postgres } }, forMs) => {
    await postgres.pause();
    await wait(forMs);
    await postgres.resume();
  },

  'hello late': withClient((client, delayMs) => client.command('sayAgain', { index: -2, delayMs })),
  'hello twice': withClient(async (client, delayMs, scene) => {
    const answer = await client.command('sayAgain', { index: -1, delayMs });
    // Of two clients with the same key and attempt, the first one stays, unless the store has lost it and is told of
    // the second one before a node attaches the first one again.
    if (answer !== 'joined' || !scene.lostData()) return;
    scene.contest(client);
    client.busy = true;
    await client.crash();
  }),
  'client crashed': async (scene, forMs, pick) => {
    await scene.clients.withFree(pick, (client) => client.crash());
    await wait(forMs);
    await scene.admit(pick);
  },
  'client left': async (scene, forMs, pick) => {
    await scene.clients.withFree(pick, (client) => client.leave());
    await wait(forMs);
    await scene.admit(pick);
  },
};
