import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Rest } from '../protocol/rest.js';
import { until } from '../support/until.js';
import type { Client } from './clients.js';
import { DriverProcess } from './driver-process.js';
import { holdingsOf, untilNothingIsLeft } from './leaks.js';
import { NODE_SIDE } from './node-side.js';
import { useStage } from './stage.js';

/** All clients have one address and one user. The rate of handshakes is that of production. */
const ONE_HOST = {
  MAX_SOCKETS_PER_ADDRESS: '10000',
  MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '10000',
  MAX_UNAUTHENTICATED_SOCKETS: '10000',
  MAX_SOCKETS_PER_USER: '10000',
  USER_FRAME_BURST: '1000000',
  USER_FRAMES_PER_SECOND: '1000000',
  USER_REQUEST_BURST: '10000',
  RESUME_WINDOW_MS: '30000',
};
const CLIENTS = 400;
const WINDOW_MS = 30_000;

describe('a group of clients', () => {
  const stage = useStage({ environment: { ...NODE_SIDE, ...ONE_HOST } });
  let group: DriverProcess;
  beforeEach(() => {
    group = new DriverProcess('client-group.mjs');
  });
  afterEach(() => group.kill());

  const rooms = async (count: number): Promise<{ url: string; token: string; rooms: string[] }> => {
    const rest = new Rest(stage.fleet.slot(0).node?.url as string);
    const { accessToken: token } = await rest.register();
    const made: string[] = [];
    for (let n = 0; n < count; n += 1) made.push((await rest.room(token)).id);
    return { url: stage.fleet.url, token, rooms: made };
  };

  /** Starts two clients on unaffected nodes, without the load balancer. */
  const bystanders = async (): Promise<Client[]> => {
    const account = await stage.fleet.account();
    const clients: Client[] = [];
    for (const slot of [stage.fleet.slot(0), stage.fleet.slot(1)]) {
      clients.push(await stage.clients.open({ ...account, url: slot.node?.url as string }));
    }
    for (const client of clients) {
      await client.until(({ roster }) => Object.keys(roster ?? {}).length === 2);
      await client.command('talk', { everyMs: 50 });
    }
    return clients;
  };

  const nothingHappenedTo = async (clients: readonly Client[]): Promise<void> => {
    for (const client of clients) await client.command('hush');
    await stage.judge();
    for (const { results, states, rosterEvents } of await stage.clients.views()) {
      expect(results.length).toBeGreaterThan(0);
      expect(results.filter(({ result }) => result !== 'delivered')).toEqual([]);
      expect(states).toEqual(['connecting', 'connected']);
      expect(rosterEvents.map(({ event }) => event)).toEqual(['joined']);
    }
  };

  it('F54, F55: 400 clients that are disconnected at once resume in time, with one node fewer, all as the same peers', async () => {
    const others = await bystanders();
    await group.command('gather', { ...(await rooms(20)), count: CLIENTS });
    const processes = stage.fleet.slots.slice(0, 2).map(({ node }) => node?.process.pid);
    await stage.fleet.kill(stage.fleet.slot(2));
    stage.fleet.balancer.cut();
    await until(async () => {
      const { attached, resumed } = await group.command('counts', {});
      return attached === CLIENTS && resumed >= CLIENTS;
    }, WINDOW_MS).catch(() => {});
    expect(await group.command('counts', {})).toMatchObject({ attached: CLIENTS, strangers: 0, left: 0 });
    expect(stage.fleet.slots.slice(0, 2).map(({ node }) => node?.process.pid)).toEqual(processes);
    await nothingHappenedTo(others);
  }, 120_000);

  it('F56: 200 joins and leaves per second leave nothing behind, and their events arrive in order', async () => {
    const fresh = await holdingsOf(stage.fleet.slot(0));
    const where = await rooms(40);
    const witness = await stage.clients.open({ url: where.url, token: where.token, room: where.rooms[0] as string });
    const ms = await group.command('churn', { ...where, count: 40, perSecond: 200 });
    expect(ms).toBeLessThan(WINDOW_MS);
    const seen = (await witness.until(({ rosterEvents }) => rosterEvents.length === 80)).rosterEvents;
    for (const peer of new Set(seen.map(({ of }) => of))) {
      const events = seen.filter(({ of }) => of === peer);
      expect(events).toMatchObject([{ event: 'joined' }, { event: 'left', reason: 'left' }]);
    }
    expect(await group.command('counts', {})).toMatchObject({ attached: 40 });
    await stage.judge();
    await witness.leave();
    await group.kill();
    await untilNothingIsLeft(stage.fleet, fresh);
  }, 120_000);

  it('F57: in a room of 100 where all signal all, nothing is lost, and other rooms are not affected', async () => {
    const others = await bystanders();
    await group.command('gather', { ...(await rooms(1)), count: 100 });
    expect(await group.command('mesh', { each: 5 })).toBe(100 * 99 * 5);
    expect(await group.command('counts', {})).toMatchObject({ attached: 100, left: 0 });
    await nothingHappenedTo(others);
  }, 120_000);
});
