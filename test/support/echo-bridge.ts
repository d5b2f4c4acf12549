import type { Bridge, BridgeFactory, BridgeSocket } from '../../src/bridges/bridge.js';

/** A minimal bridge: it echoes each frame. With `?stay` it never admits the client. */
export const echoBridge: BridgeFactory = ({ config }): Bridge | undefined =>
  config.setting('ECHO') === 'off'
    ? undefined
    : {
        name: 'echo',
        path: '/echo',
        matches: (path) => path === '/echo/socket',
        answer: ({ path }) =>
          path === '/echo/hello' ? { status: 200, type: 'text/plain; charset=utf-8', body: 'hello' } : undefined,
        enter(socket: BridgeSocket, { query }) {
          if (!query.has('stay')) socket.admit();
          return {
            receive: (frame) => {
              if (frame === 'throw') throw new Error('a fault of the bridge');
              socket.send(frame);
            },
            closed: () => {},
          };
        },
      };
