import { peerServer, yWebrtc } from './packaged.js';
import { parley, parleyAcked } from './parley.js';
import { reference } from './reference.js';
import type { System } from './system.js';

/** All measured systems. soketi is missing, because its uWebSockets.js is not on npm. */
export const SYSTEMS: readonly System[] = [
  reference('ws', 'ws-relay', 'ws-relay.ts'),
  parley,
  parleyAcked,
  reference('nest', 'nest', 'nest-gateway.ts'),
  peerServer,
  reference('socket.io', 'socket-io', 'socket-io.ts'),
  reference('socket.io-streams', 'socket-io', 'socket-io.ts', { ADAPTER: 'streams' }),
  yWebrtc,
];

/** @throws if there is no system of this name */
export const systemNamed = (name: string): System => {
  const found = SYSTEMS.find((system) => system.name === name);
  if (found === undefined) throw new Error(`There is no system named ${name}`);
  return found;
};
