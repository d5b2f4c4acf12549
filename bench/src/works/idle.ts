import { setTimeout as wait } from 'node:timers/promises';
import { cpuOf, residentOf } from '../measure/process-tree.js';
import { guestsOf } from './guests.js';
import { mostSockets } from './most-sockets.js';
import { onStage } from './stage.js';
import type { Size, Work } from './work.js';

/** Node gives memory back some seconds after the last garbage: measured is what stays. */
const SETTLE_MS = 12_000;
const REST_MS = 5_000;

const idle = (sockets: number): Work => ({
  name: `idle-${sockets}`,
  title: `${sockets.toLocaleString('en')} sockets that do nothing`,
  figure: 'KiB a socket',
  nodes: 1,
  systems: ['ws', 'parley', 'nest', 'peerserver', 'socket.io', 'y-webrtc'],
  run: (system, ground, { quick }: Size) =>
    onStage(system, ground, 1, async ({ running, load }) => {
      const count = quick ? 50 : Math.min(sockets, mostSockets());
      const rest = quick ? 100 : SETTLE_MS;
      const before = residentOf(running.pids);
      const crowd = await load({
        load: 'idle',
        options: { guests: guestsOf('g', count, 2, running, ground), join: false },
      });
      await crowd.begin();
      await wait(rest);
      const resident = residentOf(running.pids) - before;
      const start = cpuOf(running.pids);
      await wait(quick ? 100 : REST_MS);
      const cores = (cpuOf(running.pids) - start) / (quick ? 100 : REST_MS) / 1000;
      await crowd.read();
      return { cost: resident / count, more: { sockets: count, 'cores while idle': cores } };
    }),
});

export const IDLES: readonly Work[] = [idle(5_000), idle(20_000)];
