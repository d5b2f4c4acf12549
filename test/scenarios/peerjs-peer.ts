import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { until } from '../support/until.js';

export interface PeerjsFrame {
  readonly type: string;
  readonly src?: string;
  readonly dst?: string;
  readonly payload?: any;
}

/** The URL parameters of PeerJS 1.5.5. */
export interface PeerjsQuery {
  readonly id: string;
  readonly token?: string;
  readonly key?: string;
}

/** The signaling of a PeerJS client, without WebRTC. */
export class PeerjsPeer {
  readonly frames: PeerjsFrame[] = [];
  /** The end of the socket: a close code, or the status of a refused upgrade. */
  end: number | undefined;
  readonly ws: WebSocket;

  /** @param origin of the node: `http://…` @param path the option of the client */
  constructor(
    origin: string,
    readonly query: PeerjsQuery,
    path = '/peerjs/',
    headers: Record<string, string> = {},
  ) {
    const { id, token = 'token', key = 'peerjs' } = query;
    const words = `key=${key}&id=${encodeURIComponent(id)}&token=${token}&version=1.5.5`;
    this.ws = new WebSocket(`${origin.replace('http', 'ws')}${path}peerjs?${words}`, { headers });
    this.ws.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('a binary frame reaches a browser as a Blob');
      this.frames.push(JSON.parse(data.toString()));
    });
    this.ws.on('unexpected-response', (_request, response) => {
      this.end = response.statusCode;
    });
    this.ws.on('error', () => {});
    this.ws.on('close', (code) => {
      this.end ??= code;
    });
  }

  /** Connects a client and waits for its id. */
  static async join(origin: string, query: Partial<PeerjsQuery> = {}, path?: string, headers?: Record<string, string>) {
    const peer = new PeerjsPeer(origin, { id: randomUUID(), ...query }, path, headers);
    await peer.gets('OPEN');
    return peer;
  }

  get id(): string {
    return this.query.id;
  }

  get types(): string[] {
    return this.frames.map(({ type }) => type);
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Waits for this many frames of a type. */
  async gets(type: string, count = 1): Promise<PeerjsFrame[]> {
    await until(() => {
      if (this.frames.filter((frame) => frame.type === type).length >= count) return true;
      if (this.end !== undefined) throw new Error(`ended with ${this.end} after ${JSON.stringify(this.frames)}`);
      return false;
    });
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Waits until it is closed. @returns all received frames */
  async closes(): Promise<PeerjsFrame[]> {
    await until(() => this.end !== undefined);
    return this.frames;
  }

  /** Proves by one more frame from each on the same ordered path that earlier frames have arrived or never will. */
  async settles(others: readonly PeerjsPeer[] = []): Promise<void> {
    for (const peer of [this, ...others]) {
      const word = `settle ${Math.random()}`;
      peer.send({ type: 'CANDIDATE', dst: this.id, payload: word });
      await until(() => this.frames.some(({ payload }) => payload === word));
    }
  }

  cut(): void {
    this.ws.terminate();
  }
}
