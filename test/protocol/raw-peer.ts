import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';

/** A frame: a header and, after a line feed, a body. */
export interface ReceivedFrame {
  readonly [field: string]: any;
  readonly type: string;
  readonly body: string | undefined;
}

const TIMEOUT_MS = 15_000;

/** A WebSocket client written from PROTOCOL.md alone. Frames are kept until a test takes them. */
export class RawPeer {
  readonly key: string;
  attempt = 0;
  closeCode: number | undefined;
  private readonly frames: ReceivedFrame[] = [];
  private readonly waiters = new Set<() => void>();
  private socket!: WebSocket;
  private nextId = 0;

  constructor(
    readonly url: string,
    private readonly options: { readonly key?: string; readonly seen?: (header: { type: string }) => void } = {},
  ) {
    this.key = options.key ?? randomBytes(32).toString('base64url');
  }

  /** Opens a socket, and leaves a previous one as it is. */
  async open(url = this.url, headers: Record<string, string> = {}): Promise<this> {
    const socket = new WebSocket(url, 'parley.v1', { headers });
    this.socket = socket;
    this.closeCode = undefined;
    socket.on('message', (data) => {
      if (socket !== this.socket) return;
      const text = data.toString();
      const end = text.indexOf('\n');
      const header = JSON.parse(end < 0 ? text : text.slice(0, end));
      this.options.seen?.(header);
      this.frames.push({ ...header, body: end < 0 ? undefined : text.slice(end + 1) });
      this.wake();
    });
    socket.on('close', (code) => {
      if (socket !== this.socket) return;
      this.closeCode = code;
      this.wake();
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    socket.on('error', () => {});
    return this;
  }

  /** Sends `hello` with the next attempt and waits for the answer. */
  async hello(token: string, more: object = {}): Promise<ReceivedFrame> {
    this.attempt += 1;
    return this.request({ type: 'hello', token, key: this.key, attempt: this.attempt, ...more });
  }

  /** Sends a request with a new id and waits for its reply, the frame with `re`. */
  async request(header: object): Promise<ReceivedFrame> {
    const id = `r${++this.nextId}`;
    this.send({ id, ...header });
    const re = (header as { id?: string }).id ?? id;
    return this.next(
      (frame) => frame['re'] === re,
      `the reply to ${JSON.stringify((header as { type: string }).type)}`,
    );
  }

  send(header: object, body?: string): void {
    this.sendText(body === undefined ? JSON.stringify(header) : `${JSON.stringify(header)}\n${body}`);
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  sendBinary(bytes: Buffer): void {
    this.socket.send(bytes, { binary: true });
  }

  /** Takes the first frame that matches, and waits for it if necessary. */
  async next(fits: string | ((frame: ReceivedFrame) => boolean), what = String(fits)): Promise<ReceivedFrame> {
    const test = typeof fits === 'string' ? (frame: ReceivedFrame) => frame.type === fits : fits;
    return this.wait(() => {
      const index = this.frames.findIndex(test);
      return index < 0 ? undefined : this.frames.splice(index, 1)[0];
    }, what);
  }

  /** Waits for a roster event that matches; frames before it are kept. */
  async rosterEvent(fits: (event: any) => boolean, what = 'a roster event'): Promise<any> {
    const frame = await this.next((frame) => frame.type === 'roster' && (frame['events'] ?? []).some(fits), what);
    return frame['events'].find(fits);
  }

  /** Received frames that no test has taken. */
  get unread(): readonly ReceivedFrame[] {
    return this.frames;
  }

  /** Returns the frames up to the answer of a later request: proof that no other frame is in flight. */
  async barrier(): Promise<void> {
    await this.request({ type: 'ping' });
  }

  async closed(): Promise<number> {
    return this.wait(() => this.closeCode, 'the socket to be closed');
  }

  /** Closes the connection without a closing handshake. */
  cut(): void {
    this.socket.terminate();
  }

  close(): void {
    this.socket.close();
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }

  private wait<T>(read: () => T | undefined, what: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(poll);
        const seen = this.frames.map((frame) => frame.type).join(', ');
        reject(new Error(`waited for ${what}; unread: ${seen || 'nothing'}; close code: ${this.closeCode}`));
      }, TIMEOUT_MS);
      const poll = () => {
        const value = read();
        if (value === undefined) return;
        clearTimeout(timer);
        this.waiters.delete(poll);
        resolve(value);
      };
      this.waiters.add(poll);
      poll();
    });
  }
}
