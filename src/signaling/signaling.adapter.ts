import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SUBPROTOCOL } from '@parley/protocol';
import { WebSocketServer } from 'ws';
import { answerOnSocket } from '../http/raw-answer.js';

/** Why an upgrade is refused before the socket opens. A browser sees only 1006; other clients see the status. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 405 | 426 | 429 | 503;
  readonly retryAfterSeconds?: number;
}

/** Asked for each upgrade; undefined lets it pass. */
export type UpgradeGate = (request: IncomingMessage) => Refusal | undefined;

/**
 * Nest's adapter for `ws`, with an upgrade of our own: the stock one echoes faults, answers unknown paths with
 * a reset, and knows neither origins nor a draining node. Limits as in docs/architecture.md.
 */
export class SignalingAdapter extends WsAdapter {
  private readonly servers = new Map<string, WebSocketServer>();

  constructor(
    app: INestApplication,
    private readonly gate: UpgradeGate,
    private readonly maxFrameBytes: number,
  ) {
    super(app);
    const http = app.getHttpServer() as Server;
    http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    // Without a listener Node closes a CONNECT without a word.
    http.on('connect', (_request, socket) => refuse(socket, { status: 405 }));
  }

  override create(_port: number, options: { path?: string }): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: this.maxFrameBytes,
      perMessageDeflate: false,
      clientTracking: false,
      // Answered by the session, which counts them: pongs to one who does not read would pile up.
      autoPong: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
      // Not in @types/ws yet: what a peer may make us keep, and how long it may leave a close unanswered.
      ...{ maxFragments: 64, maxBufferedChunks: 256, closeTimeout: 2_000 },
    });
    this.servers.set(options.path ?? '/', server);
    return server;
  }

  /** Frames go from the socket to its session without Nest between them. */
  override bindMessageHandlers(): void {}

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore);
    const path = (request.url ?? '').split('?', 1)[0] as string;
    const server = this.servers.get(path);
    const refusal = server === undefined ? strange(request) : this.gate(request);
    if (server === undefined || refusal !== undefined) return refuse(socket, refusal ?? { status: 404 });
    server.handleUpgrade(request, socket, head, (ws) => {
      socket.off('error', ignore);
      server.emit('connection', ws, request);
    });
  }
}

const ignore = (): void => {};

/** Another path: nothing is there for a WebSocket, and to no other protocol anything here can change. */
const strange = ({ headers }: IncomingMessage): Refusal =>
  headers.upgrade?.toLowerCase() === 'websocket' ? { status: 404 } : { status: 400 };

const refuse = (socket: Duplex, { status, retryAfterSeconds }: Refusal): void => {
  socket.on('error', ignore);
  answerOnSocket(socket, status, retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) });
};
