import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SUBPROTOCOL } from '@parley/protocol';
import { type Server as SocketServer, WebSocketServer } from 'ws';
import { answerOnSocket } from '../http/raw-answer.js';
import type { ServerSocket } from './client-socket.js';
import type { SocketLimits } from './direct-socket.js';
import { type UpgradedSockets, upgradedSockets } from './upgraded-sockets.js';

/** Why an upgrade is refused before the socket opens. A browser sees only 1006; other clients see the status. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 405 | 426 | 429 | 503;
  readonly retryAfterSeconds?: number;
}

/** Called for each upgrade. @returns undefined to accept it */
export type UpgradePolicy = (request: IncomingMessage) => Refusal | undefined;

/** The settings that concern sockets. */
export interface SocketSettings {
  /** Maximum size of a message in bytes, all fragments together. */
  readonly maxFrameBytes: number;
  /** The same for sockets of the additional routes. */
  readonly maxBridgeFrameBytes: number;
  /** False: sockets use only the public API of `ws`. */
  readonly fastPaths: boolean;
}

/** An additional path for WebSockets, such as a bridge's. The same upgrade policy applies; there is no subprotocol. */
export interface UpgradeRoute {
  matches(path: string): boolean;
  enter(socket: ServerSocket, request: IncomingMessage): void;
}

/** Sockets with the same limits. */
interface SocketKind {
  readonly limits: SocketLimits;
  readonly upgraded: UpgradedSockets;
}

const socketKind = (maxPayload: number, fastPaths: boolean): SocketKind => {
  const limits = { maxPayload, maxFragments: 64, closeTimeout: 2_000 };
  return { limits, upgraded: upgradedSockets(fastPaths, limits) };
};

/**
 * Nest's adapter for `ws` with its own handling of upgrades: the stock one echoes errors, resets the connection for
 * unknown paths, and checks neither origins nor whether the node drains. Limits as in docs/architecture.md.
 */
export class WebSocketServerAdapter extends WsAdapter {
  private readonly sessions: SocketKind;
  private readonly bridged: SocketKind;
  private readonly servers = new Map<string, SocketServer>();
  /** Handles upgrades for the additional routes. */
  private readonly plain: SocketServer;

  constructor(
    app: INestApplication,
    private readonly policy: UpgradePolicy,
    settings: SocketSettings,
    private readonly routes: readonly UpgradeRoute[] = [],
  ) {
    super(app);
    this.sessions = socketKind(settings.maxFrameBytes, settings.fastPaths);
    this.bridged = socketKind(settings.maxBridgeFrameBytes, settings.fastPaths);
    this.plain = this.server(this.bridged, () => false);
    const http = app.getHttpServer() as Server;
    http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    // Without a listener Node closes a CONNECT without a response.
    http.on('connect', (_request, socket) => refuse(socket, { status: 405 }));
  }

  override create(_port: number, options: { path?: string }): SocketServer {
    const server = this.server(this.sessions, (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false));
    this.servers.set(options.path ?? '/', server);
    return server;
  }

  private server(
    { limits, upgraded }: SocketKind,
    handleProtocols: (offered: Set<string>) => string | false,
  ): SocketServer {
    return new WebSocketServer({
      noServer: true,
      WebSocket: upgraded.WebSocket,
      perMessageDeflate: false,
      clientTracking: false,
      // The session answers and counts pings: pongs to a client that does not read would accumulate.
      autoPong: false,
      handleProtocols,
      // Not in @types/ws yet: limits on buffered data, and the time-out of the closing handshake.
      ...{ ...limits, maxBufferedChunks: 256 },
    });
  }

  /** Nothing to bind: frames go from the socket directly to its session. */
  override bindMessageHandlers(): void {}

  /** Nothing to bind: the end of the socket goes directly to its session. */
  override bindClientDisconnect(): void {}

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore);
    const path = (request.url ?? '').split('?', 1)[0] as string;
    const entry = this.entryAt(path);
    const refusal = entry === undefined ? refusalOfUnknownPath(request) : this.policy(request);
    if (entry === undefined || refusal !== undefined) return refuse(socket, refusal ?? { status: 404 });
    entry.server.handleUpgrade(request, socket, head, (ws) => {
      socket.off('error', ignore);
      entry.enter(entry.kind.upgraded.socketOf(ws), request);
    });
  }

  /** Finds the server and handler for a path. */
  private entryAt(path: string): { kind: SocketKind; server: SocketServer; enter: UpgradeRoute['enter'] } | undefined {
    const server = this.servers.get(path);
    if (server !== undefined) {
      return { kind: this.sessions, server, enter: (socket, request) => server.emit('connection', socket, request) };
    }
    const route = this.routes.find(({ matches }) => matches(path));
    return route && { kind: this.bridged, server: this.plain, enter: route.enter };
  }
}

const ignore = (): void => {};

/** The refusal of an upgrade at an unknown path: 404 for a WebSocket, 400 for a protocol that is not supported. */
const refusalOfUnknownPath = ({ headers }: IncomingMessage): Refusal =>
  headers.upgrade?.toLowerCase() === 'websocket' ? { status: 404 } : { status: 400 };

const refuse = (socket: Duplex, { status, retryAfterSeconds }: Refusal): void => {
  socket.on('error', ignore);
  answerOnSocket(socket, status, retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) });
};
