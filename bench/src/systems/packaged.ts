import { freePort } from '../../../test/support/free-port.js';
import { runningOf, startServer } from './server-process.js';
import type { System } from './system.js';

/** A server that comes as a program, and runs alone. */
const packaged = (
  name: string,
  dialect: System['dialect'],
  words: (port: number) => readonly string[],
  ready: RegExp,
): System => ({
  name,
  dialect,
  async start({ nodeOptions }) {
    const port = await freePort();
    const environment = { PORT: String(port), NODE_OPTIONS: nodeOptions };
    return runningOf([await startServer(words(port), environment, ready, port)]);
  },
});

export const peerServer = packaged(
  'peerserver',
  'peer-server',
  // Its own limit is 5,000 clients, which the idle works would hit.
  (port) => [
    'node_modules/peer/dist/bin/peerjs.js',
    ...['--host', '127.0.0.1', '--port', String(port), '--concurrent_limit', '30000'],
  ],
  /^Started PeerServer/,
);

export const yWebrtc = packaged(
  'y-webrtc',
  'y-webrtc',
  () => ['node_modules/y-webrtc/bin/server.js'],
  /^Signaling server running/,
);
