import { SUBPROTOCOL } from '@parley/protocol';
import type { JoinOptions } from '../client-events.js';
import type { Clock, ParleyClientOptions, WebSocketConstructor } from '../options.js';
import { ParleyClient } from '../parley-client.js';
import type { Room } from '../room/room.js';
import { FakeGateway, type Server } from './fake-gateway.js';

/** What is used of the package `ws`. It comes in from the spec: this folder imports no package. */
export interface Ws {
  readonly WebSocket: WebSocketConstructor;
  readonly WebSocketServer: new (options: {
    port: number;
    host: string;
    handleProtocols: (offered: Set<string>) => string | false;
  }) => Server & { once(event: 'listening', listener: () => void): unknown };
}

/** Real time, ten times faster: what takes seconds of silence or backoff takes a tenth of it. */
const fastClock: Clock = {
  now: () => performance.now() * 10,
  setTimeout: (run, delayMs) => setTimeout(run, delayMs / 10),
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** Clients of a fake gateway of their own. */
export class Clients {
  readonly #clients: ParleyClient[] = [];

  private constructor(
    readonly gateway: FakeGateway,
    private readonly WebSocket: WebSocketConstructor,
  ) {}

  static async start({ WebSocket, WebSocketServer }: Ws): Promise<Clients> {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    await new Promise<void>((resolve) => server.once('listening', resolve));
    return new Clients(new FakeGateway(server), WebSocket);
  }

  make(more: Partial<ParleyClientOptions> = {}): ParleyClient {
    const client = new ParleyClient({
      url: this.gateway.url,
      token: () => 'token',
      WebSocket: this.WebSocket,
      clock: fastClock,
      random: () => 0.1,
      ...more,
    });
    this.#clients.push(client);
    return client;
  }

  async joined(options: JoinOptions = {}): Promise<{ client: ParleyClient; room: Room }> {
    const client = this.make();
    return { client, room: await client.join('room', { media: false, ...options }) };
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) void client.close();
    await this.gateway.stop();
  }
}

/** The payload of the next event. */
export const once = <Payload>(subscribe: (listener: (payload: Payload) => void) => unknown): Promise<Payload> =>
  new Promise((resolve) => subscribe(resolve));
