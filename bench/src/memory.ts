import { layGround } from './ground.js';
import { LoadProcess } from './load/load-process.js';
import { HeapSnapshots, programOf } from './measure/heap.js';
import { startParley } from './systems/parley.js';
import type { Ground } from './systems/system.js';
import { guestsOf } from './works/guests.js';

const PEOPLE = 2_000;
const GROUP_SIZE = 20;

/** Measures the growth of a node's heap per client, bytes. */
const growthOf = async (ground: Ground, join: boolean, roomSize: number): Promise<number> => {
  const snapshots = new HeapSnapshots();
  const node = await startParley(ground, 1, 'raised', snapshots.flags);
  try {
    const pid = programOf(node.pids[0]!);
    const enter = async (group: string, count: number): Promise<LoadProcess> => {
      const guests = guestsOf(group, count, roomSize, node, ground);
      const load = await LoadProcess.start({ dialect: 'parley', load: 'idle', options: { guests, join } });
      await load.begin();
      return load;
    };
    // Compiled code and caches of the first use belong to no client.
    const first = await enter('first', 2 * GROUP_SIZE);
    const before = await snapshots.take(pid);
    const all = await enter('g', PEOPLE);
    const after = await snapshots.take(pid);
    for (const load of [first, all]) load.end();
    return (after - before) / PEOPLE;
  } finally {
    await node.stop();
    snapshots.close();
  }
};

/** Memory of a session, a room and a participant, by heap snapshots: `npm run bench -- memory`. */
export const measureMemory = async (): Promise<void> => {
  const { ground, stop } = await layGround({ redis: false });
  try {
    const session = await growthOf(ground, false, 1);
    const alone = await growthOf(ground, true, 1);
    const inGroup = await growthOf(ground, true, GROUP_SIZE);
    // alone = session + participant + room; inGroup = session + participant + room / GROUP_SIZE
    const room = ((alone - inGroup) * GROUP_SIZE) / (GROUP_SIZE - 1);
    console.log('| of a node, by heap snapshot | bytes |');
    console.log('|---|---|');
    for (const [name, bytes] of Object.entries({ session, room, participant: alone - session - room })) {
      console.log(`| ${name} | ${Math.round(bytes).toLocaleString('en')} |`);
    }
  } finally {
    await stop();
  }
};
