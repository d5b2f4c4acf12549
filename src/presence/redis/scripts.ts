import { readFileSync } from 'node:fs';
import type { RedisCommands, Script } from '../../redis/redis-commands.js';

const ROOM_SCRIPTS = ['attach', 'detach', 'leave', 'update', 'clear', 'reconcile', 'snapshot', 'sweep-room'] as const;
const NODE_SCRIPTS = ['renew', 'retire', 'nodes', 'touch', 'sweep', 'settle'] as const;

/** The scripts of presence by the name of their file. Each is one atomic step on one slot. */
export type Scripts = Readonly<Record<(typeof ROOM_SCRIPTS)[number] | (typeof NODE_SCRIPTS)[number], Script>>;

/** Number of keys of a room script: the room, its tombstones. */
const ROOM_KEYS = 2;
/** Number of keys of a node script: leases, dead, due, swept, the prefix of each node's set of rooms. */
const NODE_KEYS = 5;

/** Reads the scripts in `lua/`, which the build copies, and defines them in the client. */
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
