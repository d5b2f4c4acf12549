/** What a server accepts; it tells its own values in `welcome.limits`. Sizes are bytes of UTF-8. */
export interface Limits {
  /** One frame, header and body. */
  readonly maxFrameBytes: number;
  /** The header line alone. */
  readonly maxHeaderBytes: number;
  /** A participant's `meta` as JSON. */
  readonly maxMetaBytes: number;
  /** A chat text. */
  readonly maxChatBytes: number;
  readonly maxRoomsPerSession: number;
  readonly maxParticipantsPerRoom: number;
  /** Frames of one session that wait for their turn on the server. */
  readonly maxPendingFrames: number;
  /** Token bucket over all frames of a session: so many at once, and so many a second in the long run. */
  readonly frameBurst: number;
  readonly framesPerSecond: number;
  /** The same over their bytes. */
  readonly byteBurst: number;
  readonly bytesPerSecond: number;
  readonly chatBurst: number;
  readonly chatsPerSecond: number;
  readonly broadcastBurst: number;
  readonly broadcastsPerSecond: number;
  /** Requests that ask a store and have no rate of their own: `join`, `leave`, `update`, `history`, `refresh`, moderation. */
  readonly requestBurst: number;
  readonly requestsPerSecond: number;
  /** How long a lost session keeps its place in its rooms. */
  readonly resumeWindowMs: number;
  /** How often the server shows that it lives. */
  readonly heartbeatMs: number;
  /** Silence after which the server gives a socket up. A client gives up after three quarters of it. */
  readonly silenceMs: number;
  /** How long a socket may stay without `hello`. */
  readonly helloTimeoutMs: number;
}

/** The limits of a server that nobody configured. */
export const DEFAULT_LIMITS: Limits = {
  maxFrameBytes: 65_536,
  maxHeaderBytes: 32_768,
  maxMetaBytes: 2_048,
  maxChatBytes: 4_096,
  maxRoomsPerSession: 8,
  maxParticipantsPerRoom: 200,
  maxPendingFrames: 256,
  frameBurst: 1_000,
  framesPerSecond: 200,
  byteBurst: 4_194_304,
  bytesPerSecond: 1_048_576,
  chatBurst: 20,
  chatsPerSecond: 5,
  broadcastBurst: 60,
  broadcastsPerSecond: 30,
  requestBurst: 200,
  requestsPerSecond: 50,
  resumeWindowMs: 30_000,
  heartbeatMs: 5_000,
  silenceMs: 20_000,
  helloTimeoutMs: 5_000,
};

/** The subprotocol that both sides name in the handshake (RFC 6455 §1.9). */
export const SUBPROTOCOL = 'parley.v1';

/** Where the gateway listens. */
export const SIGNALING_PATH = '/v1/signaling';
