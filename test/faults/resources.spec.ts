import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { WebSocket } from 'ws';
import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import { SmallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';
import type { Client } from './clients.js';
import { useStage } from './stage.js';

const FILES = 1_024;
const MEGABYTES = 160;

describe('exhausted resources', () => {
  const disk = new SmallDisk(MEGABYTES);
  const stage = useStage({
    nodes: 2,
    disk: disk.folder,
    environment: {
      MAX_SOCKETS_PER_ADDRESS: '2000',
      MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '2000',
      HELLO_TIMEOUT_MS: '60000',
    },
  });
  afterAll(() => disk.remove());

  /** Starts two SDK clients in a room, and raw clients that write chat. */
  const people = async (writers = 1) => {
    const account = await stage.fleet.account();
    const clients = [
      await stage.connect(account, stage.fleet.slot(0)),
      await stage.connect(account, stage.fleet.slot(1)),
    ] as const;
    const all: RawPeer[] = [];
    for (let n = 0; n < writers; n += 1) {
      const writer = await new RawPeer(new Rest(stage.fleet.slot(0).node?.url as string).signaling).open();
      await writer.hello(account.token);
      await writer.request({ type: 'join', room: account.room });
      all.push(writer);
    }
    let lines = 0;
    /** Sends a chat message from each. @returns the replies */
    const chat = () =>
      Promise.all(
        all.map((writer) => writer.request({ type: 'chat', room: account.room, id: `l${++lines}`, text: 'x' })),
      );
    const isChatting = async () => (await chat()).every(({ type }) => type === 'chat');
    const leave = () => {
      for (const writer of all) writer.cut();
    };
    return { clients, chat, isChatting, leave };
  };
  const notNow = { type: 'error', code: 'unavailable', retryable: true };

  const stillSignal = async ([one, two]: readonly [Client, Client]): Promise<void> => {
    const { results } = await one.view();
    await one.send(10, await two.self());
    const view = await one.until(({ waiting }) => waiting === 0);
    expect(view.results.slice(results.length).map(({ result }) => result)).toEqual(Array(10).fill('delivered'));
  };

  it('F61: a full disk of PostgreSQL refuses chat; signaling continues, and freed space ends it', async () => {
    const { clients, chat, isChatting, leave } = await people();
    disk.fill();
    // The first message needs a new page on the disk.
    expect(await chat()).toMatchObject([notNow]);
    await stillSignal(clients);
    disk.clear();
    await until(isChatting);
    leave();
    await stage.judge();
  }, 90_000);

  it('F64: a locked table makes chat unavailable in time, even for more requests than connections; signaling continues', async () => {
    const writers = 12;
    const { clients, chat, isChatting, leave } = await people(writers);
    const holder = new pg.Client(stage.fleet.environment['DATABASE_URL'] as string);
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table messages, rooms in access exclusive mode');
    const answers = chat();
    await stillSignal(clients);
    expect(await answers).toMatchObject(Array(writers).fill(notNow));
    for (const slot of stage.fleet.slots) expect(await stage.fleet.health(slot, 'live')).toBe(200);
    await stillSignal(clients);
    await holder.end();
    await until(isChatting);
    leave();
    await stage.judge();
  }, 90_000);

  it('F60: a node without file descriptors accepts no sockets, keeps the open ones, and accepts new ones afterwards', async () => {
    const slot = stage.fleet.slot(0);
    await stage.fleet.kill(slot);
    await stage.fleet.boot(slot, {}, ['/bin/sh', '-c', `ulimit -n ${FILES} && exec "$@"`, 'sh']);
    await stage.fleet.whenReady();
    const { clients, leave } = await people();
    const url = `${slot.node?.url.replace('http', 'ws')}/v1/signaling`;
    const open: WebSocket[] = [];
    let refusal = '';
    const isTaken = async (): Promise<boolean> => {
      const socket = new WebSocket(url, 'parley.v1');
      const taken = await new Promise<boolean>((resolve) => {
        socket.once('open', () => resolve(true));
        socket.once('error', ({ message }) => {
          refusal = message;
          resolve(false);
        });
      });
      if (taken) open.push(socket);
      else socket.terminate();
      return taken;
    };
    try {
      while (await isTaken()) expect(open.length).toBeLessThan(FILES);
      // The upgrade is not answered: an answer would need a descriptor.
      expect(refusal).not.toContain('Unexpected server response');
      await stillSignal(clients);
    } finally {
      for (const socket of open.splice(0)) socket.terminate();
    }
    await until(isTaken);
    for (const socket of open) socket.terminate();
    expect(slot.node?.process.exitCode).toBeNull();
    await stillSignal(clients);
    leave();
    await stage.judge();
  }, 90_000);
});
