import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import { until } from '../support/until.js';
import type { Client } from './clients.js';
import { useStage } from './stage.js';

describe('clients and their networks', () => {
  const stage = useStage({
    nodes: 2,
    environment: {
      HEARTBEAT_MS: '500',
      SILENCE_MS: '4000',
      RESUME_WINDOW_MS: '6000',
      BYTE_BURST: '100000000',
      BYTES_PER_SECOND: '100000000',
    },
  });

  it('F37, F40: the client of a half-open socket reconnects as the same peer, and replaces the old socket', async () => {
    const [one, two] = (await stage.room(2)) as [Client, Client];
    const { self, session } = await two.view();
    await two.command('deafen');
    await one.send(10, self);
    const { results, rosterEvents } = await one.until(({ waiting }) => waiting === 0);
    expect(results.map(({ result }) => result)).toEqual(Array(10).fill('delivered'));
    expect(rosterEvents.filter(({ event }) => event === 'left')).toEqual([]);
    expect(await two.view()).toMatchObject({ self, session, attached: true });
    await stage.judge();
  }, 60_000);

  it('F39, F49: a client that vanishes is away, then ended, and its sender is notified', async () => {
    const [one, two] = (await stage.room(2)) as [Client, Client];
    const self = await two.self();
    await two.crash(true);
    await one.send(3, self);
    const { results, rosterEvents } = await one.until(({ waiting }) => waiting === 0);
    expect(results.map(({ result }) => result)).toEqual(Array(3).fill('peer_gone'));
    expect(rosterEvents.filter(({ of }) => of === self).map(({ event }) => event)).toEqual(['joined', 'away', 'left']);
    await stage.judge();
  }, 60_000);

  it('F41, F42: connections that are reset again and again make progress', async () => {
    const clients = await stage.room(3);
    for (const client of clients) await client.command('talk', { everyMs: 50 });
    for (let n = 0; n < 15; n += 1) {
      stage.fleet.balancer.cut(0.5);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    for (const client of clients) await client.command('hush');
    await stage.judge();
    expect(
      (await stage.clients.views()).flatMap(({ results }) => results).every(({ result }) => result === 'delivered'),
    ).toBe(true);
  }, 60_000);

  it('F44: of two clients with one key, the newer attempt stays, and the other one ends and does not reconnect', async () => {
    const [one, two] = (await stage.room(2)) as [Client, Client];
    const { self } = await two.view();
    stage.note('duplicate_key', 'start', [two.name]);
    expect(await two.command('sayAgain', { index: -1, delayMs: 0, more: 1 })).toBe('joined');
    const view = await two.until(({ state }) => state === 'closed');
    expect(view.states).toEqual(['connecting', 'connected', 'closed']);
    await one.until(({ rosterEvents }) => rosterEvents.some(({ event, of }) => event === 'left' && of === self));
    two.over = true;
    await stage.judge();
  }, 60_000);

  it('pending work of a crashed client ends, and blocks no other client', async () => {
    const account = await stage.fleet.account();
    const line = await stage.line();
    await stage.connect(account, stage.fleet.slot(0));
    const two = await stage.connect(account, stage.fleet.slot(1), line.url);
    line.set({ blackhole: 'both' });
    const acting = stage.clients.withFree(0.99, (client) => client.command('chat', { text: 'on its way' }));
    expect(two.busy).toBe(true);
    await two.crash();
    expect(await acting).toBeUndefined();
    await expect(two.command('chat', { text: 'too late' })).rejects.toThrow('crashed');
    await stage.judge();
  }, 60_000);

  it('F45: an old `hello` that arrives late is refused and changes nothing', async () => {
    const [one, two] = (await stage.room(2)) as [Client, Client];
    const before = await two.view();
    await two.command('cut');
    await two.until(({ states, attached }) => states.length === 4 && attached);
    expect(['superseded', '4509']).toContain(await two.command('sayAgain', { index: -2, delayMs: 500 }));
    expect(['superseded', '4509']).toContain(await two.command('sayAgain', { index: -1, delayMs: 0 }));
    await one.send(3, before.self);
    await stage.judge();
    expect(await two.view()).toMatchObject({ self: before.self, attached: true, states: { length: 4 } });
  }, 60_000);

  it('F47: within the window a session resumes; beyond it, it is notified and joins as a new peer', async () => {
    const account = await stage.fleet.account();
    const line = await stage.line();
    const one = await stage.connect(account, stage.fleet.slot(0));
    const two = await stage.connect(account, stage.fleet.slot(1), line.url);
    const first = await two.self();
    await one.until(({ roster }) => roster?.[first] === 'on');
    line.set({ blackhole: 'both' });
    await one.until(({ roster }) => roster?.[first] === 'away');
    await one.send(3, first);
    line.heal();
    const inTime = await one.until(({ waiting }) => waiting === 0);
    expect(inTime.results.map(({ result }) => result)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(await two.self()).toBe(first);

    line.set({ blackhole: 'both' });
    await one.until(({ roster }) => roster?.[first] === 'away');
    await one.send(3, first);
    const late = await one.until(({ waiting, roster }) => waiting === 0 && roster?.[first] === undefined);
    expect(late.results.slice(3).map(({ result }) => result)).toEqual(['peer_gone', 'peer_gone', 'peer_gone']);
    line.heal();
    const back = await two.until(({ attached, self }) => attached && self !== first);
    await one.until(({ roster }) => roster?.[back.self as string] === 'on');
    await stage.judge();
  }, 120_000);

  it('F50, F51: a stalled reader is disconnected, others are not, and what it missed arrives', async () => {
    const slot = stage.fleet.slot(0);
    const rest = new Rest(slot.node?.url as string);
    const { accessToken } = await rest.register();
    const { id: room } = await rest.room(accessToken, {});
    const reader = await new RawPeer(rest.signaling).open();
    await reader.hello(accessToken);
    await reader.request({ type: 'join', room });
    const speaker = await new RawPeer(rest.signaling).open();
    await speaker.hello(accessToken);
    const { participants } = await speaker.request({ type: 'join', room });
    const to = participants[0].peer;
    const socket = (reader as unknown as { socket: WebSocket }).socket;
    socket.pause();
    // It still sends, so the silence timer does not end it.
    const speaking = setInterval(() => socket.readyState === WebSocket.OPEN && reader.send({ type: 'ping' }), 200);
    const text = 'x'.repeat(60_000);
    const away = speaker.rosterEvent((event) => event.event === 'away' && event.peer === to);
    const flooding = setInterval(() => {
      for (let n = 0; n < 10; n += 1) speaker.send({ type: 'signal', to, kind: 'data' }, text);
    }, 100);
    try {
      await away;
    } finally {
      clearInterval(flooding);
      clearInterval(speaking);
    }
    await speaker.barrier();
    socket.resume();
    expect([1006, 4003]).toContain(await reader.closed());
    await reader.open();
    await reader.hello(accessToken);
    expect(await reader.request({ type: 'join', room })).toMatchObject({ peer: to, resumed: true });
    for (const peer of [reader, speaker]) peer.cut();

    const [one, two, three] = (await stage.room(3)) as [Client, Client, Client];
    await two.command('stall', { ms: 3_000 });
    await one.send(64, await two.self(), 50_000);
    await one.send(5, await three.self());
    await three.until(({ received }) => received.length === 5);
    await stage.judge();
    expect((await two.view()).received).toHaveLength(64);
  }, 90_000);

  it('F62: the loss of PostgreSQL does not affect signaling, and chat and accounts recover with it', async () => {
    const [one, two] = (await stage.room(2)) as [Client, Client];
    await stage.fleet.postgres.pause();
    await one.send(10, await two.self());
    await one.until(({ waiting }) => waiting === 0);
    const rest = new Rest(stage.fleet.slot(0).node?.url as string);
    await expect(rest.register()).rejects.toThrow('503');
    await stage.fleet.postgres.resume();
    await until(() =>
      rest.register().then(
        () => true,
        () => false,
      ),
    );
    await stage.judge();
  }, 60_000);
});
