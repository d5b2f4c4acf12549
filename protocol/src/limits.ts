/** What a server accepts. It sends its own values in `welcome.limits`. Sizes are bytes of UTF-8. */
export interface Limits {
  /** One frame, header and body. */
  readonly maxFrameBytes: number;
  /** The header line alone. */
  readonly maxHeaderBytes: number;
  /** A participant's `meta` as JSON. */
  readonly maxMetaBytes: number;
  /** The text of a chat message. */
  readonly maxChatBytes: number;
  readonly maxRoomsPerSession: number;
  readonly maxParticipantsPerRoom: number;
  /** Frames of one session that may be queued on the server. */
  readonly maxPendingFrames: number;
  /** Token bucket over all frames of a session: the burst, and the sustained rate per second. */
  readonly frameBurst: number;
  readonly framesPerSecond: number;
  /** The same for their bytes. */
  readonly byteBurst: number;
  readonly bytesPerSecond: number;
  readonly chatBurst: number;
  readonly chatsPerSecond: number;
  readonly broadcastBurst: number;
  readonly broadcastsPerSecond: number;
  /** Requests without a rate of their own: `join`, `leave`, `update`, `history`, `refresh` and moderation requests. */
  readonly requestBurst: number;
  readonly requestsPerSecond: number;
  /** How long a session without a socket stays in its rooms. */
  readonly resumeWindowMs: number;
  /** Interval of the server's heartbeats. */
  readonly heartbeatMs: number;
  /** Silence after which the server closes a socket. A client gives up after three quarters of it. */
  readonly silenceMs: number;
  /** How long a socket may stay open without `hello`. */
  readonly helloTimeoutMs: number;
}

/** The default limits of a server. */
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

/** The WebSocket subprotocol of the handshake (RFC 6455 §1.9). */
export const SUBPROTOCOL = 'parley.v1';

/** Path of the signaling endpoint. */
export const SIGNALING_PATH = '/v1/signaling';
