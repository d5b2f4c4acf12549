import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { ServerSocket, SocketListener } from '../../src/websocket/client-socket.js';
import { type UpgradedSockets, upgradedSockets } from '../../src/websocket/upgraded-sockets.js';

/** What a session was told, copied as it arrived: the bytes are a view. */
export class RecordingListener implements SocketListener {
  readonly log: string[] = [];
  answersPings = true;

  receive(frame: Buffer): void {
    this.log.push(frame.toString());
  }

  control(): boolean {
    this.log.push('control');
    return this.answersPings;
  }

  close(code: number): void {
    this.log.push(`close ${code}`);
  }

  closed(): void {
    this.log.push('closed');
  }

  /** Resolves when this is the last of what was told. */
  async until(text: string): Promise<void> {
    while (this.log.at(-1) !== text) await new Promise(setImmediate);
  }
}

/** One socket from both sides. */
export interface SocketPair {
  readonly client: WebSocket;
  readonly socket: ServerSocket;
  readonly tcp: Socket;
  readonly told: RecordingListener;
  /** Text messages and pings that the client received. */
  readonly received: string[];
}

/** An HTTP server whose upgrades become sockets as they do on a node. */
export class SocketServer {
  /** Sockets, in the order in which they were opened. */
  readonly arrived: Omit<SocketPair, 'client' | 'received'>[] = [];
  private readonly http: Server = createServer();
  private readonly clients: WebSocket[] = [];
  private readonly upgraded: UpgradedSockets;

  constructor(fastPaths: boolean) {
    const limits = { maxPayload: 300 * 1024, maxFragments: 64, closeTimeout: 2_000 };
    this.upgraded = upgradedSockets(fastPaths, limits);
    const sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      WebSocket: this.upgraded.WebSocket,
      autoPong: false,
      ...limits,
    });
    this.http.on('upgrade', (request, tcp: Socket, head) =>
      sockets.handleUpgrade(request, tcp, head, (ws) => {
        const [socket, told] = [this.upgraded.socketOf(ws), new RecordingListener()];
        socket.attach(told);
        this.arrived.push({ socket, told, tcp });
        this.http.emit('arrived');
      }),
    );
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
  }

  async nextArrival(): Promise<Omit<SocketPair, 'client' | 'received'>> {
    await once(this.http, 'arrived');
    return this.arrived.at(-1) as (typeof this.arrived)[number];
  }

  async open(): Promise<SocketPair> {
    const client = new WebSocket(`ws://127.0.0.1:${this.port}`);
    this.clients.push(client);
    const received: string[] = [];
    client.on('message', (data) => received.push(data.toString()));
    client.on('ping', () => received.push('ping'));
    const [arrival] = await Promise.all([this.nextArrival(), once(client, 'open')]);
    return { client, received, ...arrival };
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.terminate();
    for (const { socket } of this.arrived) socket.terminate();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
