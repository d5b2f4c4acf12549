import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SUBPROTOCOL } from '@parley/protocol';
import { type Server as SocketServer, WebSocketServer } from 'ws';
import { answerOnSocket } from '../http/raw-answer.js';
import { ServerWebSocket } from './server-web-socket.js';

/** Why an upgrade is refused before the socket opens. A browser sees only 1006; other clients see the status. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 405 | 426 | 429 | 503;
  readonly retryAfterSeconds?: number;
}

/** Asked for each upgrade; undefined lets it pass. */
export type UpgradePolicy = (request: IncomingMessage) => Refusal | undefined;

type Sockets = SocketServer<typeof ServerWebSocket>;

/** Where else than at the gateway a WebSocket may be opened. It passes the same gate, and has no subprotocol. */
export interface UpgradeRoute {
  matches(path: string): boolean;
  enter(ws: ServerWebSocket, request: IncomingMessage): void;
}

/**
 * Nest's adapter for `ws`, with an upgrade of our own: the stock one echoes faults, answers unknown paths with
 * a reset, and knows neither origins nor a draining node. Limits as in docs/architecture.md.
 */
export class WebSocketServerAdapter extends WsAdapter {
  private readonly servers = new Map<string, Sockets>();
  /** Upgrades for the other routes. */
  private readonly plain: Sockets;

  constructor(
    app: INestApplication,
    private readonly policy: UpgradePolicy,
    private readonly maxFrameBytes: number,
    private readonly routes: readonly UpgradeRoute[] = [],
  ) {
    super(app);
    this.plain = this.server(() => false);
    const http = app.getHttpServer() as Server;
    http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    // Without a listener Node closes a CONNECT without a word.
    http.on('connect', (_request, socket) => refuse(socket, { status: 405 }));
  }

  override create(_port: number, options: { path?: string }): Sockets {
    const server = this.server((offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false));
    this.servers.set(options.path ?? '/', server);
    return server;
  }

  private server(handleProtocols: (offered: Set<string>) => string | false): Sockets {
    return new WebSocketServer({
      noServer: true,
      WebSocket: ServerWebSocket,
      maxPayload: this.maxFrameBytes,
      perMessageDeflate: false,
      clientTracking: false,
      // Answered by the session, which counts them: pongs to one who does not read would pile up.
      autoPong: false,
      handleProtocols,
      // Not in @types/ws yet: what a peer may make us keep, and how long it may leave a close unanswered.
      ...{ maxFragments: 64, maxBufferedChunks: 256, closeTimeout: 2_000 },
    });
  }

  /** Frames go from the socket to its session without Nest between them. */
  override bindMessageHandlers(): void {}

  /** So does the end of the socket. */
  override bindClientDisconnect(): void {}

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore);
    const path = (request.url ?? '').split('?', 1)[0] as string;
    const entry = this.entryAt(path);
    const refusal = entry === undefined ? refusalOfUnknownPath(request) : this.policy(request);
    if (entry === undefined || refusal !== undefined) return refuse(socket, refusal ?? { status: 404 });
    entry.server.handleUpgrade(request, socket, head, (ws) => {
      socket.off('error', ignore);
      entry.enter(ws, request);
    });
  }

  /** Who takes a WebSocket at this path. */
  private entryAt(path: string): { server: Sockets; enter: UpgradeRoute['enter'] } | undefined {
    const server = this.servers.get(path);
    if (server !== undefined) return { server, enter: (ws, request) => server.emit('connection', ws, request) };
    const route = this.routes.find(({ matches }) => matches(path));
    return route && { server: this.plain, enter: route.enter };
  }
}

const ignore = (): void => {};

/** Another path: nothing is there for a WebSocket, and to no other protocol anything here can change. */
const refusalOfUnknownPath = ({ headers }: IncomingMessage): Refusal =>
  headers.upgrade?.toLowerCase() === 'websocket' ? { status: 404 } : { status: 400 };

const refuse = (socket: Duplex, { status, retryAfterSeconds }: Refusal): void => {
  socket.on('error', ignore);
  answerOnSocket(socket, status, retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) });
};
