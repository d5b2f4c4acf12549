import type { Principal, TokenVerifier } from '../auth/principal.js';
import type { Config } from '../config/config.js';
import type { Log } from '../logging/log.js';
import type { NameRouter } from '../names/name-router.js';
import type { Topics } from '../topics/topics.js';

/** What a client asked for when it came to a bridge. Never logged: its query may hold a token. */
export interface BridgeRequest {
  /** The path alone, percent-encoded as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The client's own, as far as trusted proxies show it. */
  readonly address: string | undefined;
}

/** An answer to a plain GET. Cross-origin headers are the frame's: they are on every answer under a bridge's path. */
export interface BridgeResponse {
  readonly status: number;
  /** A media type with its charset. */
  readonly type: string;
  readonly body: string;
}

/** A client's socket as its bridge sees it. Limits, heartbeats and slow readers are the frame's. */
export interface BridgeSocket {
  /** Random, of this socket alone. */
  readonly connection: string;
  readonly address: string | undefined;
  /** Sends one text frame. False: nothing was sent, the socket is closed or its reader too slow. */
  send(frame: string): boolean;
  /**
   * Sends one that must not be left out: what was said in it will not be said again. A reader that stays behind is closed
   * instead, after 4 s or with 8 MiB unsent, and begins anew. A frame for many: the same bytes for each of them.
   */
  push(frame: Buffer | string): void;
  /**
   * The bridge lets the client in. Until then it counts as unauthenticated, and is closed after `HELLO_TIMEOUT_MS`.
   * With a principal it is closed when the user is revoked.
   * @returns false when the user has too many sockets here: the bridge says so in its own words and closes
   */
  admit(principal?: Principal): boolean;
  /** Starts the closing handshake; what was sent before still goes out. Safe to call again. */
  close(code: number, reason: string): void;
}

/** One client in a bridge. */
export interface BridgeClient {
  /** One text frame. A returned promise holds back those behind it; a rejection is logged and closes the socket. */
  receive(frame: string): void | Promise<void>;
  /** The socket is closed, by either side. Called once. */
  closed(): void;
}

/**
 * A protocol of somebody else's clients. A translator: it knows that protocol's words and Parley's ports, and nothing of
 * sockets, limits or nodes. How to write one: docs/bridges.md.
 */
export interface Bridge {
  /** `[a-z_]+`: its label in metrics and logs. */
  readonly name: string;
  /** Where it stands, such as `/peerjs`. Everything below is the bridge's. */
  readonly path: string;
  /** Whether a WebSocket may be opened at this path. */
  matches(path: string): boolean;
  /** Called for each socket that passed the upgrade gate. To refuse in a way that a browser sees: send, then close. */
  enter(socket: BridgeSocket, request: BridgeRequest): BridgeClient;
  /** Answers a GET at or below `path`; undefined is 404. Default: there is nothing. */
  answer?(request: BridgeRequest): Promise<BridgeResponse | undefined> | BridgeResponse | undefined;
  /** Own counters, shown as `parley_bridge_events_total{bridge,event}`. */
  readonly counters?: Readonly<Record<string, number>>;
  /** Called once the sockets are closed, while the ports still work. */
  stop?(): Promise<void>;
}

/** What a bridge may be built of: the settings, and ports. */
export interface BridgeServices {
  readonly config: Config;
  readonly verifier: TokenVerifier;
  readonly topics: Topics;
  readonly names: NameRouter;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/**
 * Makes a bridge, or undefined when it is switched off: then nothing of it is there.
 * @throws ConfigError when its settings cannot be served
 */
export type BridgeFactory = (services: BridgeServices) => Bridge | undefined;
