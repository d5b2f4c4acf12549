import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Bridge } from '../history/history.js';
import type { Unstamped } from '../history/recorder.js';
import { until } from '../support/until.js';

const TALK_MS = 300;
const AGAIN_MS = 400;
const HANDSHAKE_MS = 5_000;
const SCOPES: Readonly<Record<Bridge, string>> = { peerjs: 'peerjs', 'y-webrtc': 'a-pad' };
/** Messages that a PeerJS server sends unprompted. */
const OWN_WORDS: ReadonlySet<string> = new Set(['OPEN', 'EXPIRE', 'ERROR', 'ID-TAKEN', 'LEAVE']);

/** Two PeerJS clients and two y-webrtc clients, which send to each other and reconnect by themselves. */
export class Bridges {
  private readonly clients: BridgedClient[];

  constructor(url: string, note: (event: Unstamped) => void) {
    const origin = url.replace(/^http/, 'ws');
    this.clients = (['peerjs', 'peerjs', 'y-webrtc', 'y-webrtc'] as const).map(
      (via, n) => new BridgedClient(origin, via, `${via}-${n}`, note),
    );
    for (const client of this.clients) client.start(this.othersOf(client));
  }

  /** Waits until each has received from each other client of its kind something that was sent from now on. */
  async exchange(withinMs: number): Promise<void> {
    for (const client of this.clients) client.heardFrom.clear();
    const isDone = (client: BridgedClient) => this.othersOf(client).every((name) => client.heardFrom.has(name));
    await until(() => this.clients.every(isDone), withinMs).catch(() => {
      const unread = this.clients.filter((client) => !isDone(client)).map(({ name }) => name);
      throw new Error(`${unread.join(', ')} received nothing from the others.`);
    });
  }

  stop(): void {
    for (const client of this.clients) client.stop();
  }

  private othersOf({ via, name }: BridgedClient): string[] {
    return this.clients.filter((other) => other.via === via && other.name !== name).map((other) => other.name);
  }
}

class BridgedClient {
  /** The clients from which something arrived. */
  readonly heardFrom = new Set<string>();
  private readonly token = randomUUID();
  private socket: WebSocket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private others: readonly string[] = [];
  private count = 0;
  private over = false;

  constructor(
    private readonly origin: string,
    readonly via: Bridge,
    readonly name: string,
    private readonly note: (event: Unstamped) => void,
  ) {}

  start(others: readonly string[]): void {
    this.others = others;
    this.note({ kind: 'bridged', client: this.name, via: this.via, scope: SCOPES[this.via] });
    this.timer = setInterval(() => this.talk(), TALK_MS);
    this.connect();
  }

  stop(): void {
    this.over = true;
    clearInterval(this.timer);
    this.socket?.close();
  }

  private connect(): void {
    if (this.over) return;
    const words = `key=peerjs&id=${this.name}&token=${this.token}&version=1.5.5`;
    const path = this.via === 'peerjs' ? `/peerjs/peerjs?${words}` : '/y-webrtc';
    const socket = new WebSocket(this.origin + path, { handshakeTimeout: HANDSHAKE_MS });
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.connect(), AGAIN_MS));
    socket.on('message', (data) => this.hear(JSON.parse(data.toString())));
    socket.on('open', () => {
      if (this.via === 'y-webrtc') socket.send(JSON.stringify({ type: 'subscribe', topics: [SCOPES[this.via]] }));
    });
  }

  private talk(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const to = this.via === 'peerjs' ? this.others : [SCOPES[this.via]];
    for (const one of to) {
      const id = `${this.name}-${++this.count}`;
      this.note({ kind: 'said', client: this.name, id, to: one });
      const data = { id, from: this.name };
      const frame =
        this.via === 'peerjs' ? { type: 'OFFER', dst: one, payload: data } : { type: 'publish', topic: one, data };
      this.socket.send(JSON.stringify(frame));
    }
  }

  private hear(frame: { readonly type: string; readonly payload?: any; readonly data?: any }): void {
    if (this.via === 'peerjs' ? OWN_WORDS.has(frame.type) : frame.type === 'pong') return;
    const expected = this.via === 'peerjs' ? 'OFFER' : 'publish';
    const data = this.via === 'peerjs' ? frame.payload : frame.data;
    const isKnown = frame.type === expected && typeof data?.id === 'string';
    this.note({ kind: 'heard', client: this.name, id: isKnown ? data.id : JSON.stringify(frame) });
    if (isKnown) this.heardFrom.add(data.from);
  }
}
