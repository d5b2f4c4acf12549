import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { until } from '../support/until.js';

export interface PeerjsFrame {
  readonly type: string;
  readonly src?: string;
  readonly dst?: string;
  readonly payload?: any;
}

/** What PeerJS 1.5.5 puts into its URL. */
export interface PeerjsQuery {
  readonly id: string;
  readonly token?: string;
  readonly key?: string;
}

/** A PeerJS client as far as its socket goes: what is on the wire, and nothing of WebRTC. */
export class PeerjsPeer {
  readonly frames: PeerjsFrame[] = [];
  /** How the socket ended: a close code, or the status of the refused upgrade. */
  end: number | undefined;
  readonly ws: WebSocket;

  /** @param origin of the node, `http://…` @param path as the client's option */
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

  /** A client that is in. */
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

  /** Waits for so many frames of a type. */
  async gets(type: string, count = 1): Promise<PeerjsFrame[]> {
    await until(() => {
      if (this.frames.filter((frame) => frame.type === type).length >= count) return true;
      if (this.end !== undefined) throw new Error(`ended with ${this.end} after ${JSON.stringify(this.frames)}`);
      return false;
    });
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Waits until it is closed. @returns all it was told */
  async closes(): Promise<PeerjsFrame[]> {
    await until(() => this.end !== undefined);
    return this.frames;
  }

  /** Proves that what these sent to this one has come, or never will: one more frame of each on the same ordered path. */
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
