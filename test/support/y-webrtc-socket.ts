import { WebSocket } from 'ws';
import { until } from './until.js';

export interface YFrame {
  readonly type: string;
  readonly topic?: string;
  readonly data?: any;
  readonly clients?: number;
}

/** A WebSocket that speaks what y-webrtc speaks, and nothing of ours. */
export class YSocket {
  /** Everything that came, the oldest first. */
  readonly frames: YFrame[] = [];
  /** How often the server asked whether it lives. */
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

  /** @param url of a node, `http://…` */
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

  /** What was published to a topic, as far as it came. */
  heard(topic: string): unknown[] {
    return this.frames.filter((frame) => frame.type === 'publish' && frame.topic === topic).map(({ data }) => data);
  }

  /**
   * Resolves when the server has handled what was sent before, which is no proof that it took effect elsewhere. Asks
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

  /** Resolves when what this socket publishes now has come to another, and so has whatever it published before. */
  async reaches(other: YSocket, topic: string): Promise<void> {
    const word = `barrier ${Math.random()}`;
    this.publish(topic, word);
    await until(() => other.heard(topic).includes(word));
  }

  /** Subscribes, and resolves once the subscription hears. */
  async hears(topic: string): Promise<void> {
    this.subscribe(topic);
    await this.reaches(this, topic);
  }

  close(): void {
    this.ws.terminate();
  }
}
