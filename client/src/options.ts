import { SIGNALING_PATH } from '@parley/protocol';
import { check, checkFlag, checkFunction, checkInteger, checkObject } from './arguments.js';
import { ParleyError } from './errors.js';
import { TokenCallback } from './token-callback.js';

/** The part of WebSocket that the SDK uses (WHATWG WebSockets §3). Browsers and the package `ws` provide it. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Close without the closing handshake. Only in `ws`. */
  terminate?(): void;
}

/** `WebSocket`, or the class of the package `ws`. */
export type WebSocketConstructor = new (url: string, protocols: string) => WebSocketLike;

/** `RTCPeerConnection`, or a class with the same interface for Node. */
export type PeerConnectionConstructor = new (configuration?: RTCConfiguration) => RTCPeerConnection;

/** A word in `features`. */
const FEATURE = /^[A-Za-z0-9_.:-]{1,32}$/;

/** Source of time, in milliseconds. `now` must be monotonic, unlike a wall clock. */
export interface Clock {
  now(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** An access token (JWT, RFC 7519), or a function that returns a new one on each call. */
export type TokenSource = string | (() => string | Promise<string>);

/** Options of a {@link ParleyClient}. Only `url` and `token` are required. */
export interface ParleyClientOptions {
  /** URL of the server: `https://host`, or the full `wss://host/v1/signaling`. */
  readonly url: string | URL;
  /**
   * A function is called at each connection attempt and shortly before a token expires, so a call outlives its tokens.
   * It never runs concurrently, unless a call takes longer than `tokenTimeoutMs`.
   * If it throws a {@link ParleyError} that is not retryable, the client closes with it; it is retried otherwise.
   */
  readonly token: TokenSource;
  /**
   * Time for one call of `token`, in milliseconds, 1 to 2^31 − 1. A call that takes longer is reported as `error` with
   * the code `timeout` and tried again; its late result is ignored. If `token` rotates refresh tokens, give its request
   * a shorter timeout of its own, so that two calls never use the same one. Default: 30 000.
   */
  readonly tokenTimeoutMs?: number;
  /** Default: `globalThis.WebSocket`. In Node 20 pass the class of `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Default: `globalThis.RTCPeerConnection`. Not needed for rooms joined with `media: false`. */
  readonly RTCPeerConnection?: PeerConnectionConstructor;
  /** Configuration of each RTCPeerConnection (W3C WebRTC 1.0 §4.2.1). Your ICE servers precede the server's. */
  readonly rtcConfiguration?: RTCConfiguration;
  /** Default: `performance.now` and the global timers. */
  readonly clock?: Clock;
  /** Returns a number from 0 to 1, for jitter only, never for secrets. Default: `Math.random`. */
  readonly random?: () => number;
  /** Features to announce to the server besides `heartbeat`. At most 15. Default: none. */
  readonly features?: readonly string[];
  /**
   * Calls its argument whenever the network may have changed, and returns a function that stops it.
   * Default in browsers: `online`, `pageshow`, a change of `navigator.connection`, and a tab that becomes visible.
   */
  readonly networkChanges?: (changed: () => void) => () => void;
  /**
   * Leave all rooms when the page goes away (`pagehide`, HTML §7.4.6), so that the others do not see this client as
   * `away` for the resume window. A page that returns from the back/forward cache connects again and joins its rooms as
   * a new peer: `rejoined`. False: the client keeps its session; call `close()` yourself. Default: true.
   */
  readonly leaveOnPageHide?: boolean;
}

/** @internal Default of `tokenTimeoutMs`. */
export const TOKEN_TIMEOUT_MS = 30_000;

/** @internal Calls its arguments when the page goes away and when it is back; returns a function that stops it. */
export type PageTransitions = (hidden: () => void, shown: () => void) => () => void;

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
  readonly pageTransitions: PageTransitions;
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

const browserPageTransitions: PageTransitions = (hidden, shown) => {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  globalThis.addEventListener('pagehide', hidden);
  globalThis.addEventListener('pageshow', shown);
  return () => {
    globalThis.removeEventListener('pagehide', hidden);
    globalThis.removeEventListener('pageshow', shown);
  };
};

/**
 * @internal The gateway's URL: http becomes ws, and a URL without a path gets the gateway's.
 * @throws ParleyError `bad_request` for an invalid URL.
 */
export const signalingUrl = (url: string | URL): string => {
  let resolved: URL;
  try {
    resolved = new URL(url, globalThis.location?.href);
  } catch (cause) {
    throw new ParleyError('bad_request', 'The option url is not a valid URL.', { cause });
  }
  if (!/^(https?|wss?):$/.test(resolved.protocol))
    throw new ParleyError('bad_request', 'The option url must begin with https:, http:, wss: or ws:.');
  resolved.protocol = resolved.protocol.replace('http', 'ws');
  if (resolved.pathname === '/') resolved.pathname = SIGNALING_PATH;
  resolved.hash = '';
  return resolved.href;
};

const checkOptions = (options: ParleyClientOptions): void => {
  checkObject(options, 'options');
  const { url, token, features, clock, rtcConfiguration } = options;
  check(url !== '' && (typeof url === 'string' || url instanceof URL), 'The option url is missing, or no URL.');
  check(
    typeof token === 'function' || (typeof token === 'string' && token !== ''),
    'The option token is missing, or neither a string nor a function.',
  );
  check(
    features === undefined || (Array.isArray(features) && features.every((word) => FEATURE.test(word))),
    'The option features must be a list of words: 1 to 32 letters, digits or one of _ . : -',
  );
  check((features?.length ?? 0) <= 15, 'The option features has more than 15 entries.');
  checkInteger(options.tokenTimeoutMs, 'The option tokenTimeoutMs', 1, 2 ** 31 - 1);
  checkFlag(options.leaveOnPageHide, 'The option leaveOnPageHide');
  if (rtcConfiguration !== undefined) checkObject(rtcConfiguration, 'The option rtcConfiguration');
  if (clock !== undefined) checkObject(clock, 'The option clock');
  for (const name of ['WebSocket', 'RTCPeerConnection', 'random', 'networkChanges'] as const)
    checkFunction(options[name], `The option ${name}`);
};

/** @internal @throws ParleyError `bad_request` when an option is missing or wrong. */
export const resolveOptions = (options: ParleyClientOptions): ResolvedOptions => {
  checkOptions(options);
  const WebSocket = options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
  if (!WebSocket) throw new ParleyError('bad_request', 'WebSocket is not available: pass the option WebSocket.');
  const { token, clock = systemClock, tokenTimeoutMs = TOKEN_TIMEOUT_MS } = options;
  return {
    url: signalingUrl(options.url),
    token: typeof token === 'string' ? token : new TokenCallback(token, clock, tokenTimeoutMs),
    WebSocket,
    RTCPeerConnection:
      options.RTCPeerConnection ?? (globalThis.RTCPeerConnection as PeerConnectionConstructor | undefined),
    rtcConfiguration: options.rtcConfiguration ?? {},
    clock,
    random: options.random ?? Math.random,
    features: ['heartbeat', ...(options.features ?? [])],
    networkChanges: options.networkChanges ?? browserNetworkChanges,
    pageTransitions: options.leaveOnPageHide === false ? () => () => {} : browserPageTransitions,
  };
};
