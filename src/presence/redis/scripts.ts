import { readFileSync } from 'node:fs';
import type { RedisCommands, Script } from '../../redis/redis-commands.js';

const ROOM_SCRIPTS = ['attach', 'detach', 'leave', 'update', 'clear', 'reconcile', 'snapshot', 'sweep-room'] as const;
const NODE_SCRIPTS = ['renew', 'retire', 'nodes', 'touch', 'sweep', 'settle'] as const;

/** The scripts of presence by the name of their file. Each is one atomic step on one slot. */
export type Scripts = Readonly<Record<(typeof ROOM_SCRIPTS)[number] | (typeof NODE_SCRIPTS)[number], Script>>;

/** Keys of a room's scripts: the room, its tombstones. */
const ROOM_KEYS = 2;
/** Keys of the nodes' scripts: leases, dead, due, swept, the beginning of the names of each node's rooms. */
const NODE_KEYS = 5;

/** Reads the Lua that stands beside this file (the build copies it), and makes it known to the client. */
export const loadScripts = (commands: RedisCommands): Scripts => {
  const load = (name: string, library: string, keys: number) => [
    name,
    commands.script(`parley:${name}`, `${source(library)}\n${source(name)}`, keys),
  ];
  return Object.fromEntries([
    ...ROOM_SCRIPTS.map((name) => load(name, 'room-library', ROOM_KEYS)),
    ...NODE_SCRIPTS.map((name) => load(name, 'nodes-library', NODE_KEYS)),
  ]);
};

const source = (name: string): string => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
