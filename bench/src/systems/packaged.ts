import { freePort } from '../../../test/support/free-port.js';
import { runningOf, startServer } from './server-process.js';
import type { System } from './system.js';

/** A server that is a packaged program, as a single process. */
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
  // Its default limit of 5,000 clients is too low for the idle works.
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
