import { SIGNALING_PATH } from '@parley/protocol';
import { ParleyError } from './errors.js';
import { TokenCallback } from './token-callback.js';

/** What the SDK uses of a WebSocket (WHATWG WebSockets §3). Browsers' own and `ws` have it. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Only `ws` has it: end without the closing handshake. */
  terminate?(): void;
}

/** `WebSocket`, or the class of the package `ws`. */
export type WebSocketConstructor = new (url: string, protocols: string) => WebSocketLike;

/** `RTCPeerConnection`, or a class with the same interface for Node. */
export type PeerConnectionConstructor = new (configuration?: RTCConfiguration) => RTCPeerConnection;

/** Time as the SDK sees it. `now` must be monotonic, in milliseconds; a wall clock may jump. */
export interface Clock {
  now(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** An access token (JWT, RFC 7519), or a function that gives a fresh one whenever it is asked. */
export type TokenSource = string | (() => string | Promise<string>);

/** What a {@link ParleyClient} needs to know. Only `url` and `token` are required. */
export interface ParleyClientOptions {
  /** The server: `https://host`, or the whole address `wss://host/v1/signaling`. */
  readonly url: string | URL;
  /**
   * A function is asked at each connection attempt and shortly before a token ends, so a call outlives its tokens.
   * It never runs twice at once.
   * If it throws a {@link ParleyError} that is not retryable the client ends with it; anything else is tried again.
   */
  readonly token: TokenSource;
  /** Default: `globalThis.WebSocket`. In Node 20 pass the class of `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Default: `globalThis.RTCPeerConnection`. Not needed for rooms joined with `media: false`. */
  readonly RTCPeerConnection?: PeerConnectionConstructor;
  /** Merged under the server's ICE servers: yours come first. W3C WebRTC §4.2.1. */
  readonly rtcConfiguration?: RTCConfiguration;
  /** Default: `performance.now` and the global timers. */
  readonly clock?: Clock;
  /** A number from 0 to 1, for jitter only, never for secrets. Default: `Math.random`. */
  readonly random?: () => number;
  /** Words told to the server beside `heartbeat`. At most 15. */
  readonly features?: readonly string[];
  /**
   * Calls its argument whenever the network may have changed, and returns a function that stops that.
   * Default in browsers: `online`, `pageshow`, a change of `navigator.connection`, and a tab that becomes visible.
   */
  readonly networkChanges?: (changed: () => void) => () => void;
}

/** @internal The options with every default filled in. */
export interface ResolvedOptions {
  readonly url: string;
  readonly token: string | TokenCallback;
  readonly WebSocket: WebSocketConstructor;
  readonly RTCPeerConnection: PeerConnectionConstructor | undefined;
  readonly rtcConfiguration: RTCConfiguration;
  readonly clock: Clock;
  readonly random: () => number;
  readonly features: readonly string[];
  readonly networkChanges: (changed: () => void) => () => void;
}

const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as number),
};

const browserNetworkChanges = (changed: () => void): (() => void) => {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const visible = () => {
    if (document.visibilityState === 'visible') changed();
  };
  const targets: [EventTarget | undefined, string, () => void][] = [
    [globalThis, 'online', changed],
    [globalThis, 'pageshow', changed],
    [(globalThis.navigator as { connection?: EventTarget } | undefined)?.connection, 'change', changed],
    [globalThis.document, 'visibilitychange', visible],
  ];
  for (const [target, name, listener] of targets) target?.addEventListener?.(name, listener);
  return () => {
    for (const [target, name, listener] of targets) target?.removeEventListener?.(name, listener);
  };
};

/**
 * @internal The gateway's address: http becomes ws, and an address without a path gets the gateway's.
 * @throws ParleyError `bad_request` when it is not an address.
 */
export const signalingUrl = (url: string | URL): string => {
  let resolved: URL;
  try {
    resolved = new URL(url, globalThis.location?.href);
  } catch (cause) {
    throw new ParleyError('bad_request', 'The option url is not an address.', { cause });
  }
  if (!/^(https?|wss?):$/.test(resolved.protocol))
    throw new ParleyError('bad_request', 'The option url must begin with https:, http:, wss: or ws:.');
  resolved.protocol = resolved.protocol.replace('http', 'ws');
  if (resolved.pathname === '/') resolved.pathname = SIGNALING_PATH;
  resolved.hash = '';
  return resolved.href;
};

/** @internal @throws ParleyError `bad_request` when an option is missing or wrong. */
export const resolveOptions = (options: ParleyClientOptions): ResolvedOptions => {
  const WebSocket = options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
  if (!WebSocket) throw new ParleyError('bad_request', 'There is no WebSocket here: pass the option WebSocket.');
  if (!options.token) throw new ParleyError('bad_request', 'The option token is missing.');
  if ((options.features?.length ?? 0) > 15) throw new ParleyError('bad_request', 'There are more than 15 features.');
  return {
    url: signalingUrl(options.url),
    token: typeof options.token === 'string' ? options.token : new TokenCallback(options.token),
    WebSocket,
    RTCPeerConnection:
      options.RTCPeerConnection ?? (globalThis.RTCPeerConnection as PeerConnectionConstructor | undefined),
    rtcConfiguration: options.rtcConfiguration ?? {},
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    features: ['heartbeat', ...(options.features ?? [])],
    networkChanges: options.networkChanges ?? browserNetworkChanges,
  };
};
