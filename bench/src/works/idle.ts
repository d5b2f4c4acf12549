import { setTimeout as wait } from 'node:timers/promises';
import type { LoadProcess } from '../load/load-process.js';
import { residentCollected } from '../measure/collected.js';
import { cpuOf } from '../measure/process-tree.js';
import { guestsOf } from './guests.js';
import { mostSockets } from './most-sockets.js';
import { onStage } from './stage.js';
import type { Size, Work } from './work.js';

/** They are there before the first look: code that is compiled for the first, and buffers that all share, are no one's. */
const FIRST = 500;
const SETTLE_MS = 3_000;
const REST_MS = 5_000;

const idle = (sockets: number): Work => ({
  name: `idle-${sockets}`,
  title: `${sockets.toLocaleString('en')} sockets that do nothing`,
  figure: 'KiB a socket',
  nodes: 1,
  systems: ['ws', 'parley', 'nest', 'peerserver', 'socket.io', 'y-webrtc'],
  run: (system, ground, { quick }: Size) =>
    onStage(system, ground, 1, async ({ running, load }) => {
      const count = quick ? 50 : Math.min(sockets, mostSockets() - FIRST);
      const settle = quick ? 100 : SETTLE_MS;
      const enter = async (crowdName: string, people: number): Promise<LoadProcess> => {
        const guests = guestsOf(crowdName, people, 2, running, ground);
        const crowd = await load({ load: 'idle', options: { guests, join: false } });
        await crowd.begin();
        return crowd;
      };
      const first = await enter('first', quick ? 10 : FIRST);
      await wait(settle);
      const before = await residentCollected(running.pids, settle);
      const crowd = await enter('g', count);
      await wait(settle);
      const resident = (await residentCollected(running.pids, settle)) - before;
      const start = cpuOf(running.pids);
      await wait(quick ? 100 : REST_MS);
      const cores = (cpuOf(running.pids) - start) / (quick ? 100 : REST_MS) / 1000;
      for (const part of [first, crowd]) await part.read();
      return { cost: resident / count, more: { sockets: count, 'cores while idle': cores } };
    }),
});

export const IDLES: readonly Work[] = [idle(5_000), idle(20_000)];
