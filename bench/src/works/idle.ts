import { setTimeout as wait } from 'node:timers/promises';
import type { LoadProcess } from '../load/load-process.js';
import { COLLECTED, residentCollected } from '../measure/collected.js';
import { cpuOf } from '../measure/process-tree.js';
import { guestsOf } from './guests.js';
import { maxSockets } from './max-sockets.js';
import { onStage } from './stage.js';
import type { Size, Work } from './work.js';

/** Clients that connect before the first reading: compiled code and shared buffers belong to no client. */
const FIRST = 2_000;
const REST_MS = 30_000;
/** For the quick mode. */
const SHORT_MS = 100;

const idle = (sockets: number): Work => ({
  name: `idle-${sockets}`,
  title: `${sockets.toLocaleString('en')} sockets that do nothing`,
  figure: 'KiB per socket',
  nodes: 1,
  systems: ['ws', 'parley', 'nest', 'peerserver', 'socket.io', 'y-webrtc'],
  run: (system, ground, { quick }: Size) =>
    onStage(system, { ...ground, nodeOptions: COLLECTED }, 1, async ({ running, load }) => {
      const count = quick ? 50 : Math.min(sockets, maxSockets() - FIRST);
      const rest = quick ? SHORT_MS : REST_MS;
      const resident = () => residentCollected(running.pids, quick ? SHORT_MS : undefined);
      const enter = async (groupName: string, people: number): Promise<LoadProcess> => {
        const guests = guestsOf(groupName, people, 2, running, ground);
        const group = await load({ load: 'idle', options: { guests, join: false } });
        await group.begin();
        return group;
      };
      const first = await enter('first', quick ? 10 : FIRST);
      const before = await resident();
      const clients = await enter('g', count);
      const after = await resident();
      const start = cpuOf(running.pids);
      await wait(rest);
      const cores = (cpuOf(running.pids) - start) / rest / 1000;
      for (const part of [first, clients]) await part.read();
      return { cost: (after - before) / count, more: { sockets: count, 'cores while idle': cores } };
    }),
});

export const IDLES: readonly Work[] = [idle(5_000), idle(20_000)];
