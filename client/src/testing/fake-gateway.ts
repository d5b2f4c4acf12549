import {
  DEFAULT_LIMITS,
  decodeFrame,
  encodeFrame,
  type Hello,
  type Participant,
  type ServerMessage,
} from '@parley/protocol';

/** What is used of a socket of `ws` on the server's side. It comes in from the spec: this folder imports no package. */
export interface ServerSocket {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  terminate(): void;
  on(event: string, listener: (data: unknown) => void): unknown;
}

/** What is used of a server of `ws` that listens. */
export interface Server {
  readonly clients: ReadonlySet<ServerSocket>;
  address(): unknown;
  close(done: () => void): void;
  on(event: 'connection', listener: (socket: ServerSocket) => void): unknown;
}

/** A frame as a client sent it. */
export type Received = { readonly type: string; readonly id: string } & Record<string, unknown>;

/** One client's socket, seen from the server. */
export interface FakeSocket {
  readonly hello: Hello;
  readonly socket: ServerSocket;
  send(message: ServerMessage | Record<string, unknown>, body?: string): void;
}

/** What a test may change. The answers by default are those of a server where all goes well. */
export interface Script {
  hello?: (hello: Hello, send: FakeSocket['send'], socket: ServerSocket) => boolean;
  frame?: (frame: Received, from: FakeSocket, body: string | undefined) => boolean;
  limits?: Partial<typeof DEFAULT_LIMITS>;
}

export const participant = (peer: string, order: number, more: Partial<Participant> = {}): Participant =>
  ({ peer, user: `user-${peer}`, name: peer, role: 'member', meta: {}, state: 'on', order, ...more }) as Participant;

const MODERATION: ReadonlySet<string> = new Set(['answer_knock', 'kick', 'mute', 'permit', 'lock']);

/** A gateway that follows a script, over real WebSockets on a port of its own. */
export class FakeGateway {
  readonly sockets: FakeSocket[] = [];
  readonly received: Received[] = [];
  script: Script = {};
  roster: Participant[] = [];
  epoch = 'epoch-1';
  version = 1;
  self = 'me';
  readonly #server: Server;
  #waiters: (() => void)[] = [];

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** The newest socket that said hello. */
  get current(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  of(type: string): Received[] {
    return this.received.filter((frame) => frame.type === type);
  }

  /** Wait until something holds; it is looked at after each frame, hello and close. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  joined(re: string): Record<string, unknown> {
    return {
      type: 'joined',
      re,
      room: 'room',
      peer: this.self,
      resumed: false,
      epoch: this.epoch,
      version: this.version,
      participants: [participant(this.self, 5), ...this.roster],
    };
  }

  #accept(socket: ServerSocket): void {
    const send: FakeSocket['send'] = (message, body) => socket.send(encodeFrame(message, body));
    let mine: FakeSocket | undefined;
    socket.on('error', () => {});
    socket.on('close', () => this.#wake());
    socket.on('message', (data) => {
      const { header, body } = decodeFrame<Received>(String(data));
      this.received.push(header);
      if (header.type === 'hello') {
        const hello = header as unknown as Hello;
        if (!this.script.hello?.(hello, send, socket)) {
          send({
            type: 'welcome',
            re: header.id,
            session: 'session',
            user: { id: 'user', name: 'User' },
            node: 'node',
            iceServers: [],
            limits: { ...DEFAULT_LIMITS, ...this.script.limits },
            features: ['heartbeat'],
            expiresAt: 0,
          });
          mine = { hello, socket, send };
          this.sockets.push(mine);
        }
      } else if (mine && !this.script.frame?.(header, mine, body)) this.#answer(header, mine);
      this.#wake();
    });
  }

  #answer(frame: Received, { send }: FakeSocket): void {
    if (frame.type === 'join') send(this.joined(frame.id));
    else if (frame.type === 'leave') send({ type: 'left', re: frame.id, room: frame.room });
    else if (frame.type === 'update') send({ type: 'updated', re: frame.id, room: frame.room });
    else if (MODERATION.has(frame.type)) send({ type: 'done', re: frame.id });
    else if (frame.type === 'refresh') send({ type: 'refreshed', re: frame.id, expiresAt: 0 });
    else if (frame.type === 'ping') send({ type: 'pong' });
    else if (frame.type === 'history')
      send({ type: 'history', re: frame.id, room: frame.room, messages: [], more: false });
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
