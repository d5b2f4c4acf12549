import {
  decodeFrame,
  type ErrorMessage,
  encodeFrame,
  type Hello,
  type ServerMessage,
  SUBPROTOCOL,
  type Welcome,
} from '@parley/protocol';
import type { Clock, WebSocketConstructor, WebSocketLike } from '../options.js';

/** @internal Times of one socket, in milliseconds. */
export const SOCKET_RULES = {
  /** From the constructor to `welcome`. */
  openMs: 10_000,
  /** How long a `ping` may stay unanswered before the socket is given up. */
  graceMs: 3_000,
  /** Silence that is too long, until a welcome tells the server's own. */
  silenceMs: 15_000,
} as const;

/** @internal Why a socket ended. `code` is the close code (RFC 6455 §7.4), 1006 when the path is dead. */
export interface SocketEnd {
  readonly code: number;
  /** The last error that was not the answer to a later request. */
  readonly error: ErrorMessage | undefined;
}

/** @internal What a socket tells. Each is called with the socket that it is about. */
export interface SocketListener {
  welcome(socket: SignalingSocket, welcome: Welcome): void;
  message(socket: SignalingSocket, message: ServerMessage, body: string | undefined): void;
  end(socket: SignalingSocket, end: SocketEnd): void;
}

/** @internal The life of one WebSocket: hello, heartbeat, silence, end. It ends once, and says nothing after that. */
export class SignalingSocket {
  readonly #socket: WebSocketLike;
  #receivedAt: number;
  #probedAt: number | undefined;
  #silenceMs: number = SOCKET_RULES.silenceMs;
  #timer: unknown;
  #welcomed = false;
  #ended = false;
  #error: ErrorMessage | undefined;

  constructor(
    WebSocket: WebSocketConstructor,
    url: string,
    readonly hello: Hello,
    private readonly clock: Clock,
    private readonly listener: SocketListener,
  ) {
    this.#receivedAt = clock.now();
    this.#timer = clock.setTimeout(() => this.#finish(1006), SOCKET_RULES.openMs);
    const socket = new WebSocket(url, SUBPROTOCOL);
    this.#socket = socket;
    socket.onopen = () => this.#write(encodeFrame(hello));
    socket.onmessage = (event: { readonly data: unknown }) => this.#receive(event.data);
    socket.onclose = (event: { readonly code: number }) => this.#finish(event.code);
    // A close follows each error, and only the close has a code.
    socket.onerror = () => {};
  }

  /** Bytes that wait in the browser because the path takes no more. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** False when nothing can go out now; the frame is not kept. */
  send(header: object, body?: string): boolean {
    return this.#welcomed && this.#write(encodeFrame(header, body));
  }

  /** Is the path alive? If nothing at all is heard within the grace, the socket ends. */
  probe(): void {
    if (!this.#welcomed || this.#ended || this.#probedAt !== undefined) return;
    this.#probedAt = this.clock.now();
    this.#write(encodeFrame({ type: 'ping' }));
    this.#watch(SOCKET_RULES.graceMs);
  }

  /** Close it and hear nothing of it any more, not even its end. */
  close(code = 1000): void {
    this.#ended = true;
    this.clock.clearTimeout(this.#timer);
    try {
      this.#socket.close(code);
    } catch {
      // Closed before it was open: browsers and `ws` differ in what they throw.
    }
  }

  #write(text: string): boolean {
    if (this.#ended || this.#socket.readyState !== 1) return false;
    this.#socket.send(text);
    return true;
  }

  #receive(data: unknown): void {
    if (this.#ended || typeof data !== 'string') return;
    this.#receivedAt = this.clock.now();
    this.#probedAt = undefined;
    let message: ServerMessage;
    let body: string | undefined;
    try {
      ({ header: message, body } = decodeFrame<ServerMessage>(data));
    } catch {
      // A newer server may send what this version cannot read; it must not end a call.
      return;
    }
    if (message.type === 'ping') this.#write(encodeFrame({ type: 'pong' }));
    else if (message.type === 'welcome' && !this.#welcomed) {
      this.#welcomed = true;
      this.#silenceMs = message.limits.silenceMs * 0.75;
      this.#watch(this.#quietMs);
      this.listener.welcome(this, message);
    } else if (message.type !== 'pong') {
      // What is said of a signal is no reason for a close.
      if (message.type === 'error' && message.to === undefined && (message.re ?? this.hello.id) === this.hello.id)
        this.#error = message;
      this.listener.message(this, message, body);
    }
  }

  /** Silence after which it is time to ask, so that the grace ends with the silence that is too long. */
  get #quietMs(): number {
    return Math.max(this.#silenceMs - SOCKET_RULES.graceMs, this.#silenceMs / 2);
  }

  #watch(delayMs: number): void {
    this.clock.clearTimeout(this.#timer);
    this.#timer = this.clock.setTimeout(() => this.#check(), delayMs);
  }

  #check(): void {
    const now = this.clock.now();
    // Timers of a background tab, and of a computer that slept, are late: what was heard may still wait to be read.
    // So a socket is given up only when a question stayed without an answer.
    if (this.#probedAt !== undefined) {
      if (now - this.#probedAt >= SOCKET_RULES.graceMs) this.#finish(1006);
      else this.#watch(this.#probedAt + SOCKET_RULES.graceMs - now);
    } else if (now - this.#receivedAt >= this.#quietMs) this.probe();
    else this.#watch(this.#receivedAt + this.#quietMs - now);
  }

  #finish(code: number): void {
    if (this.#ended) return;
    this.close();
    // A browser forgets a dead socket by itself; `ws` would wait half a minute for the other side's word.
    if (code === 1006) this.#socket.terminate?.();
    this.listener.end(this, { code, error: this.#error });
  }
}
