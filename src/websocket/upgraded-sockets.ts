import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ServerSocket } from './client-socket.js';
import { DirectSocket, type SocketLimits } from './direct-socket.js';
import { WsSocket } from './ws-socket.js';

/** The version of ws whose upgrade code was checked; package.json pins it. */
const KNOWN_VERSION = '8.23.0';
const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };

/** Turns connections that `ws` has upgraded into sockets. */
export interface UpgradedSockets {
  /** The value for the option `WebSocket` of a `WebSocketServer`. */
  readonly WebSocket: typeof WebSocket;
  /** Returns the socket of an upgraded `WebSocket` of that class. Call it once, in the callback of `handleUpgrade`. */
  socketOf(ws: WebSocket): ServerSocket;
}

/**
 * Chooses how sockets read and write. This is the only place that relies on undocumented behavior of `ws`: its server
 * calls `setSocket` of the class that it was given (a documented option) once the handshake is done. With a version of
 * `ws` other than the known one, or without fast paths, sockets use its public API.
 */
export const upgradedSockets = (fastPaths: boolean, limits: SocketLimits): UpgradedSockets =>
  fastPaths && version === KNOWN_VERSION ? directSockets(limits) : WS_SOCKETS;

const WS_SOCKETS: UpgradedSockets = { WebSocket, socketOf: (ws) => new WsSocket(ws) };

/** Lets `ws` upgrade the connection only: its own receiver and sender are neither used nor kept. */
const directSockets = (limits: SocketLimits): UpgradedSockets => {
  class HandoverWebSocket extends WebSocket {
    socket: ServerSocket | undefined = undefined;

    setSocket(tcp: Socket, head: Buffer): void {
      this.socket = new DirectSocket(tcp, head, limits);
    }
  }
  return {
    WebSocket: HandoverWebSocket,
    socketOf: (ws) => (ws instanceof HandoverWebSocket && ws.socket) || new WsSocket(ws),
  };
};
