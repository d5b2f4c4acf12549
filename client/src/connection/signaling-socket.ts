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
  /** Time without a reply to a `ping` after which the socket is closed. */
  graceMs: 3_000,
  /** Maximum silence before `welcome`, which has the server's value. */
  silenceMs: 15_000,
} as const;

/** @internal Why a socket ended. `code` is the close code (RFC 6455 §7.4), 1006 if the network path is dead. */
export interface SocketEnd {
  readonly code: number;
  /** The last error frame that was no reply to a later request. */
  readonly error: ErrorMessage | undefined;
  readonly opened: boolean;
  /** HTTP status of a refused upgrade, if the WebSocket tells it. */
  readonly status: number | undefined;
}

/** The package `ws` gives the status in a message alone; a browser's event has none. */
const statusOf = ({ message }: { readonly message?: unknown }): number | undefined => {
  const status = typeof message === 'string' ? /^Unexpected server response: (\d{3})$/.exec(message)?.[1] : undefined;
  return status === undefined ? undefined : Number(status);
};

/** @internal Receives the events of a {@link SignalingSocket}. */
export interface SocketListener {
  welcome(socket: SignalingSocket, welcome: Welcome): void;
  message(socket: SignalingSocket, message: ServerMessage, body: string | undefined): void;
  end(socket: SignalingSocket, end: SocketEnd): void;
}

/** @internal One WebSocket: hello, heartbeat, silence, end. It ends once, and emits nothing afterwards. */
export class SignalingSocket {
  readonly #socket: WebSocketLike;
  #receivedAt: number;
  #probedAt: number | undefined;
  #silenceMs: number = SOCKET_RULES.silenceMs;
  #timer: unknown;
  #welcomed = false;
  #ended = false;
  #opened = false;
  #status: number | undefined;
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
    socket.onopen = () => {
      this.#opened = true;
      this.#write(encodeFrame(hello));
    };
    socket.onmessage = (event: { readonly data: unknown }) => this.#receive(event.data);
    socket.onclose = (event: { readonly code: number }) => this.#finish(event.code);
    // A close follows each error, and only the close has a code.
    socket.onerror = (event: { readonly message?: unknown }) => {
      this.#status = statusOf(event);
    };
  }

  /** Unsent bytes in the browser's buffer. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** @returns false, without queueing the frame, if nothing can be sent now */
  send(header: object, body?: string): boolean {
    return this.#welcomed && this.#write(encodeFrame(header, body));
  }

  /** Check whether the network path is alive: without any frame within the grace time, the socket ends. */
  probe(): void {
    if (!this.#welcomed || this.#ended || this.#probedAt !== undefined) return;
    this.#probedAt = this.clock.now();
    this.#write(encodeFrame({ type: 'ping' }));
    this.#watch(SOCKET_RULES.graceMs);
  }

  /** Close it. The listener is not called any more. */
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
      // An error about a signal is not the reason of a close.
      if (message.type === 'error' && message.to === undefined && (message.re ?? this.hello.id) === this.hello.id)
        this.#error = message;
      this.listener.message(this, message, body);
    }
  }

  /** Silence after which to probe, so that the grace time ends with the maximum silence. */
  get #quietMs(): number {
    return Math.max(this.#silenceMs - SOCKET_RULES.graceMs, this.#silenceMs / 2);
  }

  #watch(delayMs: number): void {
    this.clock.clearTimeout(this.#timer);
    this.#timer = this.clock.setTimeout(() => this.#check(), delayMs);
  }

  #check(): void {
    const now = this.clock.now();
    // Timers of a background tab, and after a sleep, fire late: received frames may still be queued. So a socket is
    // closed only after an unanswered probe.
    if (this.#probedAt !== undefined) {
      if (now - this.#probedAt >= SOCKET_RULES.graceMs) this.#finish(1006);
      else this.#watch(this.#probedAt + SOCKET_RULES.graceMs - now);
    } else if (now - this.#receivedAt >= this.#quietMs) this.probe();
    else this.#watch(this.#receivedAt + this.#quietMs - now);
  }

  #finish(code: number): void {
    if (this.#ended) return;
    this.close();
    // A browser drops a dead socket; `ws` would wait half a minute for the closing handshake.
    if (code === 1006) this.#socket.terminate?.();
    this.listener.end(this, { code, error: this.#error, opened: this.#opened, status: this.#status });
  }
}
