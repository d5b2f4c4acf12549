import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import { ask } from '../support/redis.js';
import { until } from '../support/until.js';
import type { Client } from './clients.js';
import { commandNode, NODE_SIDE } from './node-side.js';
import { useStage } from './stage.js';

const isUnchanged = async (clients: readonly Client[]): Promise<void> => {
  for (const client of clients) {
    expect((await client.view()).rosterEvents.filter(({ event }) => event === 'left')).toEqual([]);
  }
};

describe('nodes that fail', () => {
  const stage = useStage({ environment: NODE_SIDE });

  it('F01: a node killed during a negotiation loses nothing, and no peer is shown as leaving', async () => {
    const clients = await stage.room(4);
    const before = await stage.clients.views();
    for (const client of clients) await client.send(30);
    await stage.fleet.kill(await stage.slotOf(clients[1] as Client));
    for (const client of clients) await client.send(10);
    await stage.judge();
    const after = await stage.clients.views();
    expect(after.map(({ session, self }) => [session, self])).toEqual(
      before.map(({ session, self }) => [session, self]),
    );
    expect(after.flatMap(({ results }) => results.filter(({ result }) => result !== 'delivered'))).toEqual([]);
    await isUnchanged(clients);
  }, 90_000);

  it('F03: all nodes killed at once and started again resume every session', async () => {
    const clients = await stage.room(4);
    const before = await stage.clients.views();
    for (const client of clients) await client.send(10);
    await Promise.all(stage.fleet.slots.map((slot) => stage.fleet.kill(slot)));
    await wait(2_000);
    await Promise.all(stage.fleet.slots.map((slot) => stage.fleet.boot(slot)));
    await stage.judge();
    expect((await stage.clients.views()).map(({ self }) => self)).toEqual(before.map(({ self }) => self));
    await isUnchanged(clients);
  }, 90_000);

  it('F05: the peers of a node that never returns are away, then ended, and signals to them have their result', async () => {
    const account = await stage.fleet.account();
    const doomed = await stage.connect(account, stage.fleet.slot(0));
    const witness = await stage.connect(account, stage.fleet.slot(1));
    await witness.until(({ roster }) => Object.keys(roster ?? {}).length === 2);
    const { self, node } = await doomed.view();
    await stage.fleet.kill(stage.fleet.slotOf(node));
    await stage.clients.kill(doomed);
    await witness.send(5, self);
    const { results, rosterEvents, roster } = await witness.until(({ waiting }) => waiting === 0);
    expect(results.map(({ result }) => result)).toEqual(Array(5).fill('peer_gone'));
    expect(rosterEvents.filter(({ of }) => of === self)).toEqual([
      { event: 'joined', of: self },
      { event: 'away', of: self },
      { event: 'left', of: self, reason: 'expired' },
    ]);
    expect(Object.values(roster ?? {})).toEqual(['on']);
    // Only the tombstone stays in Redis.
    const [port] = stage.fleet.redis.servers.map((server) => server.port) as [number];
    const [key] = (await ask(port, 'keys', `*room:{${account.room}}`)) as [string];
    expect(JSON.stringify(await ask(port, 'hgetall', key))).not.toContain(self as string);
    await stage.judge();
  }, 120_000);

  it.each([2_000, 8_000])(
    'F06: a node that is paused for %d ms and continues shows no ghosts and writes nothing outdated',
    async (ms) => {
      const clients = await stage.room(3);
      const victim = await stage.slotOf(clients[0] as Client);
      victim.node?.process.kill('SIGSTOP');
      const end = performance.now() + ms;
      while (performance.now() < end) {
        for (const client of clients) await client.send(2);
        await wait(200);
      }
      victim.node?.process.kill('SIGCONT');
      for (const client of clients) await client.send(2);
      await stage.judge();
      await isUnchanged(clients);
      for (const client of clients) {
        await client.until(({ roster }) => Object.values(roster ?? {}).join() === 'on,on,on');
      }
    },
    120_000,
  );

  it('F07: a node whose event loop stalls is not ready meanwhile, and the others continue', async () => {
    const clients = (await stage.room(3)) as [Client, Client, Client];
    const victim = await stage.slotOf(clients[0]);
    const ended = commandNode(victim.node!, 'stall', 5_000);
    await clients[1].send(20, await clients[2].self());
    await clients[1].until(({ waiting }) => waiting === 0);
    await until(() => !victim.ready);
    await ended;
    await stage.fleet.whenReady();
    for (const client of clients) await client.send(3);
    await stage.judge();
    await isUnchanged(clients);
  }, 90_000);

  it('F09: a node that never starts does not affect clients of the others', async () => {
    const clients = await stage.room(3);
    const [crashing] = stage.fleet.slots as [(typeof stage.fleet.slots)[0]];
    await stage.fleet.kill(crashing);
    await expect(stage.fleet.boot(crashing, { NODE_LEASE_MS: '1' })).rejects.toThrow('NODE_LEASE_MS');
    for (const client of clients) await client.send(5);
    await stage.judge();
    expect(await stage.fleet.health(stage.fleet.slot(1), 'ready')).toBe(200);
    await isUnchanged(clients);
  }, 90_000);

  it('F14: a node that is stopped while Redis is unavailable ends in time, and its sessions resume', async () => {
    const clients = await stage.room(2);
    stage.note('redis_empty');
    await stage.fleet.redis.kill();
    expect(await stage.fleet.terminate(await stage.slotOf(clients[0] as Client))).toBe(0);
    await stage.fleet.redis.restart();
    stage.note('redis_empty', 'stop');
    await clients[0]?.send(5);
    await stage.judge();
  }, 90_000);

  it('F15: a draining node accepts sockets for a moment, then answers 503 with `Retry-After`', async () => {
    const slot = stage.fleet.slot(0);
    const rest = new Rest(slot.node?.url as string);
    const { accessToken } = await rest.register();
    // This client ignores `drain`, so the node stays until its deadline.
    const stubborn = await new RawPeer(rest.signaling).open();
    await stubborn.hello(accessToken);
    const gone = stage.fleet.terminate(slot);
    await until(async () => (await stage.fleet.health(slot, 'ready')) === 503);
    const early = await new RawPeer(rest.signaling).open();
    expect(await early.hello(accessToken)).toMatchObject({ type: 'welcome' });
    early.cut();
    const answer = await until(() => refusalOf(rest.signaling));
    expect(answer).toMatchObject({ status: 503, retryAfter: '1' });
    expect(await stubborn.next('drain')).toMatchObject({ reconnectAfterMs: 0 });
    expect(await stubborn.closed()).toBe(1012);
    expect(await gone).toBe(0);
  }, 60_000);
});

/** The refusal of an upgrade; undefined if it is accepted. */
const refusalOf = async (url: string): Promise<{ status: number; retryAfter: string | undefined } | undefined> => {
  const socket = new WebSocket(url, 'parley.v1');
  socket.on('error', () => {});
  const opened = once(socket, 'open').then(() => undefined);
  const refused = once(socket, 'unexpected-response').then(([, response]) => ({
    status: response.statusCode as number,
    retryAfter: response.headers['retry-after'] as string | undefined,
  }));
  const answer = await Promise.race([opened, refused]);
  for (const waiting of [opened, refused]) waiting.catch(() => {});
  socket.terminate();
  return answer;
};
