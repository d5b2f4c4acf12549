import { WebSocket } from 'ws';
import { until } from './until.js';

export interface YFrame {
  readonly type: string;
  readonly topic?: string;
  readonly data?: any;
  readonly clients?: number;
}

/** A WebSocket that speaks the protocol of y-webrtc. */
export class YSocket {
  /** Everything that was received, the oldest first. */
  readonly frames: YFrame[] = [];
  /** Number of the server's pings. */
  pings = 0;
  binary = 0;
  closeCode: number | undefined;

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data, isBinary) => {
      if (isBinary) this.binary += 1;
      this.frames.push(JSON.parse(data.toString()));
    });
    ws.on('ping', () => {
      this.pings += 1;
    });
    ws.on('close', (code) => {
      this.closeCode = code;
    });
    ws.on('error', () => {});
  }

  /** @param url of a node: `http://…` */
  static async open(url: string, path = '/y-webrtc', headers: Record<string, string> = {}): Promise<YSocket> {
    const socket = new YSocket(new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { headers }));
    await until(() => socket.ws.readyState === WebSocket.OPEN || socket.ws.readyState === WebSocket.CLOSED);
    return socket;
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  subscribe(...topics: unknown[]): void {
    this.send({ type: 'subscribe', topics });
  }

  publish(topic: string, data: unknown): void {
    this.send({ type: 'publish', topic, data });
  }

  /** The received publications of a topic. */
  heard(topic: string): unknown[] {
    return this.frames.filter((frame) => frame.type === 'publish' && frame.topic === topic).map(({ data }) => data);
  }

  /**
   * Resolves when the server has handled what was sent before, which is no proof of an effect on other nodes. Asks
   * again each second: what is beyond a socket's rate is dropped, a ping too.
   */
  async pong(): Promise<void> {
    const pongs = () => this.frames.filter(({ type }) => type === 'pong').length;
    const before = pongs();
    let asked = Number.NEGATIVE_INFINITY;
    await until(() => {
      if (performance.now() - asked >= 1_000) {
        asked = performance.now();
        this.send({ type: 'ping' });
      }
      return pongs() > before;
    });
  }

  /** Resolves when another socket has received what this one publishes now, and therefore everything before. */
  async reaches(other: YSocket, topic: string): Promise<void> {
    const word = `barrier ${Math.random()}`;
    this.publish(topic, word);
    await until(() => other.heard(topic).includes(word));
  }

  /** Subscribes, and resolves once publications arrive. */
  async hears(topic: string): Promise<void> {
    this.subscribe(topic);
    await this.reaches(this, topic);
  }

  close(): void {
    this.ws.terminate();
  }
}
