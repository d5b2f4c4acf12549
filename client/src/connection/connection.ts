import { type Hello, type ServerMessage, shouldReconnect, type Welcome } from '@parley/protocol';
import { asParleyError, type FailedAttempt, ParleyError } from '../errors.js';
import type { ResolvedOptions } from '../options.js';
import { BACKOFF_RULES, Backoff } from './backoff.js';
import { errorOfEnd } from './close-errors.js';
import { errorOfAttempt, isReachable, MAX_REFUSED_UPGRADES, PROBE_RULES, refusalOf } from './failed-attempt.js';
import { newSessionKey } from './session-key.js';
import { SignalingSocket, type SocketEnd } from './signaling-socket.js';

/** @internal Attempts with an expired token: a token callback may need a moment to return a new one. */
const MAX_EXPIRED_TOKENS = 3;

/** @internal Unsent bytes beyond which signals wait for their resend instead of growing the browser's buffer. */
const MAX_BUFFERED_BYTES = 1_048_576;

/**
 * @internal How long the socket before the current one stays open. If it ended first, the others would see this peer
 * away until its rooms are joined on the new one; then the server ends the old one by itself. The socket of a session that
 * was replaced stays open as long, to leave its rooms.
 */
export const HANDOVER_MS = 5_000;

/** @internal Receives the events of a {@link Connection}. */
export interface ConnectionListener {
  /** A new socket is current. */
  welcome(welcome: Welcome): void;
  message(message: ServerMessage, body: string | undefined): void;
  /** There is no current socket; the connection is reconnecting. */
  lost(): void;
  /** The connection is closed for good. */
  closed(why: ParleyError | undefined): void;
  /** An error after which it retries. */
  fault(error: ParleyError): void;
}

/**
 * @internal The connection of one session: at most one current socket, and at most one that is about to replace it.
 * Messages of any other socket are ignored.
 */
export class Connection {
  #key = newSessionKey();
  #attempt = 0;
  #dialAttempt = 0;
  #current: SignalingSocket | undefined;
  #next: SignalingSocket | undefined;
  #previous: SignalingSocket | undefined;
  #previousTimer: unknown;
  #connecting = false;
  #retryTimer: unknown;
  #welcomedAt = 0;
  #expired = 0;
  #failures = 0;
  #refusals = 0;
  #everWelcomed = false;
  #closed = false;
  #suspended = false;
  readonly #backoff: Backoff;
  readonly #stopNetwork: () => void;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly listener: ConnectionListener,
  ) {
    this.#backoff = new Backoff(options.random);
    this.#stopNetwork = options.networkChanges(() => this.networkChanged());
  }

  /** True while there is a current socket. */
  get connected(): boolean {
    return this.#current !== undefined;
  }

  /** True while too much is buffered in the current socket: do not send now what can be sent again later. */
  get congested(): boolean {
    return (this.#current?.bufferedBytes ?? 0) > MAX_BUFFERED_BYTES;
  }

  /** @returns false, without queueing, if there is no current socket */
  send(header: object, body?: string): boolean {
    return this.#current?.send(header, body) ?? false;
  }

  /** Open a socket now. It replaces the current one, if any, after its welcome. */
  open(): void {
    if (this.#closed || this.#suspended || this.#connecting) return;
    this.options.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#connecting = true;
    const attempt = ++this.#dialAttempt;
    this.#askToken().then(
      (token) => {
        if (attempt === this.#dialAttempt && !this.#closed) this.#connect(token);
      },
      (error: unknown) => {
        if (attempt === this.#dialAttempt && !this.#closed) this.#tokenFailed(error);
      },
    );
  }

  /** The node is shutting down: open another socket before this one is closed. */
  drain(reconnectAfterMs: number): void {
    if (this.#connecting || this.#retryTimer !== undefined) return;
    this.#retryTimer = this.options.clock.setTimeout(() => this.open(), Math.max(0, reconnectAfterMs));
  }

  /** Probe the current socket, or retry at once if there is none. */
  networkChanged(): void {
    if (this.#current) this.#current.probe();
    else if (this.#retryTimer !== undefined) this.open();
  }

  /** Start a new session under a new key; the previous one expires. */
  renew(): void {
    if (this.#closed) return;
    this.#endSession();
    this.#retry();
  }

  /** The page goes away: connect no more until {@link resume}, which starts a new session. */
  suspend(): void {
    if (this.#closed || this.#suspended) return;
    this.#suspended = true;
    this.options.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#endSession();
    // A browser keeps no page with an open socket. The closing handshake leaves the server time for the last frames.
    this.#dropPrevious();
  }

  /** The page is back. Does nothing unless it was suspended. */
  resume(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#backoff.reset();
    this.open();
  }

  #endSession(): void {
    this.#key = newSessionKey();
    this.#abandonNext();
    const had = this.#current;
    this.#current = undefined;
    // The server forgets what it has not handled when a socket ends, and the last frames leave the rooms.
    if (had) this.#keepOpen(had);
    else this.#dropPrevious();
    if (had) this.listener.lost();
  }

  /** Close it. The listener gets only `closed` after this. */
  close(why?: ParleyError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopNetwork();
    this.#abandonNext();
    this.#dropPrevious();
    this.options.clock.clearTimeout(this.#retryTimer);
    this.#current?.close();
    this.#current = undefined;
    this.listener.closed(why);
  }

  async #askToken(): Promise<string> {
    const { token } = this.options;
    return typeof token === 'string' ? token : await token.get();
  }

  #tokenFailed(error: unknown): void {
    this.#connecting = false;
    const fault = asParleyError(error, 'network');
    if (error instanceof ParleyError && !error.retryable) this.close(fault);
    else {
      this.listener.fault(fault);
      this.#retry(fault.retryAfterMs);
    }
  }

  #connect(token: string): void {
    const { WebSocket, url, clock, features } = this.options;
    const attempt = ++this.#attempt;
    const hello: Hello = { type: 'hello', id: `hello-${attempt}`, token, key: this.#key, attempt, features };
    try {
      this.#next = new SignalingSocket(WebSocket, url, hello, clock, {
        welcome: (socket, welcome) => this.#welcome(socket, welcome),
        message: (socket, message, body) => {
          if (socket === this.#current) this.listener.message(message, body);
        },
        end: (socket, end) => this.#end(socket, end),
      });
    } catch (error) {
      // The constructor throws for a URL that the page may not use: a retry would fail too.
      this.close(asParleyError(error, 'bad_request'));
    }
  }

  #welcome(socket: SignalingSocket, welcome: Welcome): void {
    if (socket !== this.#next) {
      socket.close();
      return;
    }
    if (this.#current) this.#keepOpen(this.#current);
    // One of another session still leaves its rooms.
    else if (this.#previous?.hello.key === this.#key) this.#dropPrevious();
    this.#current = socket;
    this.#next = undefined;
    this.#connecting = false;
    this.#expired = 0;
    this.#failures = 0;
    this.#everWelcomed = true;
    this.#welcomedAt = this.options.clock.now();
    this.listener.welcome(welcome);
  }

  #end(socket: SignalingSocket, end: SocketEnd): void {
    if (socket === this.#previous) this.#dropPrevious();
    if (socket !== this.#current && socket !== this.#next) return;
    const error = errorOfEnd(end);
    const wasCurrent = socket === this.#current;
    if (wasCurrent) this.#current = undefined;
    else {
      this.#next = undefined;
      this.#connecting = false;
    }
    const attempt = wasCurrent ? undefined : this.#failed(end);
    const refusal = this.#everWelcomed ? undefined : refusalOf(end);
    this.#refusals = refusal === undefined ? 0 : this.#refusals + 1;
    const isRefused = this.#refusals >= MAX_REFUSED_UPGRADES;
    if (isRefused || this.#isFinal(socket, end, error)) {
      this.close(attempt ? errorOfAttempt(error, attempt, refusal) : error);
      return;
    }
    if (wasCurrent) {
      if (this.options.clock.now() - this.#welcomedAt >= BACKOFF_RULES.stableMs) this.#backoff.reset();
      this.listener.lost();
    }
    if (attempt) void this.#reportAttempt(error, attempt);
    else if (end.error || end.code >= 4000) this.listener.fault(error);
    // A socket that is connecting is enough. A retry planned by a drain is replaced: its delay serves no purpose now.
    if (!this.#connecting) this.#retry(error.retryAfterMs);
  }

  #failed({ code, opened, status }: SocketEnd): FailedAttempt {
    this.#failures += 1;
    return { count: this.#failures, closeCode: code, opened, ...(status !== undefined && { status }) };
  }

  /** A browser does not tell why a socket did not open: a plain request tells at least whether anything answers. */
  async #reportAttempt(error: ParleyError, attempt: FailedAttempt): Promise<void> {
    // A class that the application passed is not the platform's, and may not even use its network.
    const isBrowsers = this.options.WebSocket === globalThis.WebSocket;
    const isUnknown = isBrowsers && !attempt.opened && attempt.status === undefined;
    // Not at each attempt: many clients of a server that restarts must not double its load.
    const reachable =
      isUnknown && attempt.count % PROBE_RULES.every === 1
        ? await isReachable(this.options.url, this.options.clock)
        : undefined;
    if (this.#closed) return;
    this.listener.fault(errorOfAttempt(error, { ...attempt, ...(reachable !== undefined && { reachable }) }));
  }

  #isFinal(socket: SignalingSocket, { code }: SocketEnd, error: ParleyError): boolean {
    if (error.code === 'token_expired')
      return typeof this.options.token === 'string' || ++this.#expired >= MAX_EXPIRED_TOKENS;
    // This client's own socket with a higher attempt may have taken over, even one abandoned before its welcome.
    if (error.code === 'superseded') return socket.hello.attempt === this.#attempt;
    return code !== 1000 && !shouldReconnect(code);
  }

  #retry(retryAfterMs?: number): void {
    this.options.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = this.options.clock.setTimeout(() => this.open(), this.#backoff.next(retryAfterMs));
  }

  /** As the previous socket, for a while; the one before it ends. */
  #keepOpen(socket: SignalingSocket): void {
    this.#dropPrevious();
    this.#previous = socket;
    this.#previousTimer = this.options.clock.setTimeout(() => this.#dropPrevious(), HANDOVER_MS);
  }

  #dropPrevious(): void {
    this.options.clock.clearTimeout(this.#previousTimer);
    this.#previous?.close();
    this.#previous = undefined;
  }

  #abandonNext(): void {
    this.#dialAttempt++;
    this.#connecting = false;
    this.#next?.close();
    this.#next = undefined;
  }
}
