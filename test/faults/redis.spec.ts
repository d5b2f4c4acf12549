import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import { ask } from '../support/redis.js';
import { until } from '../support/until.js';
import { useStage } from './stage.js';

describe('faults of Redis', () => {
  const stage = useStage({});
  const port = (): number => stage.fleet.redis.servers[0]?.port as number;

  /** The faults. The same must hold for all: no signal is lost, and no peer leaves. */
  const FAULTS: Readonly<Record<string, () => Promise<unknown>>> = {
    'F16: killed and restarted empty': async () => {
      stage.note('redis_empty');
      await stage.fleet.redis.kill();
      await wait(1_500);
      await stage.fleet.redis.restart();
    },
    'F17: killed and restarted with what it had written': async () => {
      await ask(port(), 'config', 'set', 'appendonly', 'yes');
      await until(async () => String(await ask(port(), 'info', 'persistence')).includes('aof_rewrite_in_progress:0'));
      stage.note('redis_rollback');
      await stage.fleet.redis.kill();
      await stage.fleet.redis.servers[0]?.restart(['appendonly yes']);
      expect(await ask(port(), 'dbsize')).toBeGreaterThan(0);
    },
    'F19: paused by CLIENT PAUSE': async () => {
      await ask(port(), 'client', 'pause', 3_000, 'all');
      await wait(3_000);
    },
    'F22: standing still (SIGSTOP)': async () => {
      stage.fleet.redis.servers[0]?.pause();
      await wait(6_000);
      stage.fleet.redis.servers[0]?.resume();
    },
    'F28: dead for what it says to one node': async () => {
      stage.fleet.slot(0).redis?.set({ blackhole: 'down' });
      await wait(4_000);
      stage.fleet.slot(0).redis?.heal();
    },
    'F30: doing what it is asked, and its answers swallowed': async () => {
      for (const { redis } of stage.fleet.slots) redis?.set({ swallowReplies: true });
      await wait(2_000);
      for (const { redis } of stage.fleet.slots) redis?.heal();
    },
    'F32: without its scripts, again and again': async () => {
      for (let n = 0; n < 10; n += 1) {
        await ask(port(), 'script', 'flush');
        await wait(150);
      }
    },
    'F34: slow': async () => {
      for (const { redis } of stage.fleet.slots) redis?.set({ latencyMs: 100, jitterMs: 100, bytesPerSecond: 65_536 });
      await wait(5_000);
      for (const { redis } of stage.fleet.slots) redis?.heal();
    },
    'F35: cut from one node for longer than its lease': async () => {
      stage.fleet.slot(0).redis?.set({ blackhole: 'both' });
      await wait(8_000);
      stage.fleet.slot(0).redis?.heal();
    },
    'F36: sending answers late': async () => {
      stage.fleet.slot(0).redis?.set({ hold: 'down' });
      await wait(2_500);
      stage.fleet.slot(0).redis?.heal();
    },
  };

  it.each(Object.entries(FAULTS))(
    '%s: no signal is lost, no peer leaves, no process ends',
    async (_name, fault) => {
      const clients = await stage.room(3);
      const processes = stage.fleet.slots.map(({ node }) => node?.process.pid);
      for (const client of clients) await client.command('talk', { everyMs: 100 });
      await fault();
      for (const client of clients) await client.command('hush');
      for (const client of clients) {
        await client.until(({ roster }) => Object.values(roster ?? {}).join() === 'on,on,on');
      }
      await stage.judge();
      await stage.fleet.whenReady();
      for (const { results, rosterEvents } of await stage.clients.views()) {
        expect(results.filter(({ result }) => result !== 'delivered')).toEqual([]);
        expect(rosterEvents.filter(({ event }) => event === 'left')).toEqual([]);
      }
      expect(stage.fleet.slots.map(({ node }) => node?.process.pid)).toEqual(processes);
    },
    120_000,
  );

  it('F31: out of memory refuses joins, keeps current peers, and recovers', async () => {
    const [one, two] = await stage.room(2);
    await ask(port(), 'config', 'set', 'maxmemory', '100kb');
    await one?.send(5);
    await one?.until(({ waiting }) => waiting === 0);
    const { token, room } = await stage.fleet.account();
    const late = await new RawPeer(new Rest(stage.fleet.url).signaling).open();
    await late.hello(token);
    expect(await late.request({ type: 'join', room })).toMatchObject({ code: 'unavailable', retryable: true });
    await two?.send(5);
    await two?.until(({ waiting }) => waiting === 0);
    expect(String(await ask(port(), 'info', 'stats'))).toContain('evicted_keys:0');
    await ask(port(), 'config', 'set', 'maxmemory', '0');
    await until(async () => (await late.request({ type: 'join', room })).type === 'joined');
    late.cut();
    await stage.judge();
  }, 90_000);

  it('F33, F67: a wrong password makes nodes not ready but live, and they recover', async () => {
    const clients = await stage.room(2);
    await ask(port(), 'acl', 'setuser', 'default', '-@all', '+acl', '+client');
    await until(async () => (await stage.fleet.health(stage.fleet.slot(0), 'ready')) === 503);
    for (const slot of stage.fleet.slots) expect(await stage.fleet.health(slot, 'live')).toBe(200);
    await ask(port(), 'acl', 'setuser', 'default', '+@all');
    await stage.fleet.whenReady();
    for (const client of clients) await client.send(3);
    await stage.judge();
  }, 90_000);

  it('F18: a node that starts while Redis is unavailable is live but not ready, until Redis is available', async () => {
    const slot = stage.fleet.slot(2);
    await stage.fleet.kill(slot);
    await stage.fleet.redis.kill();
    await stage.fleet.boot(slot);
    expect(await stage.fleet.health(slot, 'live')).toBe(200);
    expect(await stage.fleet.health(slot, 'ready')).toBe(503);
    await stage.fleet.redis.restart();
    await stage.fleet.whenReady();
    await stage.room(3);
    await stage.judge();
  }, 90_000);
});

describe.each(['sentinel', 'cluster'] as const)('a Redis that is a %s', (redis) => {
  const stage = useStage({ redis, nodes: 2 });

  it('F23, F25: loses its master, and the nodes recover without a restart', async () => {
    const clients = await stage.room(3);
    for (const client of clients) await client.command('talk', { everyMs: 100 });
    stage.note('redis_failover');
    const [first] = stage.fleet.redis.servers;
    await first?.kill();
    if (redis === 'cluster') {
      // Without replicas, the slots of this master are unavailable until it restarts, empty.
      await wait(3_000);
      await first?.restart();
    }
    await stage.fleet.whenReady(60_000);
    for (const client of clients) {
      await client.until(({ roster }) => Object.values(roster ?? {}).join() === 'on,on,on');
      await client.command('hush');
    }
    await stage.judge();
    for (const { rosterEvents } of await stage.clients.views()) {
      expect(rosterEvents.filter(({ event }) => event === 'left')).toEqual([]);
    }
  }, 120_000);
});
