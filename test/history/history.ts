/** What became of a signal, as the sending SDK says. */
export type Result = 'delivered' | 'rejected' | 'peer_gone' | 'unknown';

/** The protocols of other people's clients. */
export type Bridge = 'peerjs' | 'y-webrtc';

/** One thing that happened in a run. `t` is monotonic milliseconds, on one clock for the whole run. */
export type HistoryEvent = {
  readonly t: number;
} /** A client was told that it is this peer. `user` is one client of the run; `session` what the server calls it. */ & (
  | {
      readonly kind: 'live';
      readonly peer: string;
      readonly user: string;
      readonly room: string;
      readonly session: string;
    }
  /** The SDK took a signal. `id` is unique in the run and part of the payload, of which `hash` is a digest. */
  | {
      readonly kind: 'send';
      readonly from: string;
      readonly to: string;
      readonly id: string;
      readonly hash: string;
      readonly room: string;
      readonly seq?: number;
      /** The session of the socket that it goes out on. */
      readonly session?: string;
    }
  /** The policy refused a copy of this signal. */
  | { readonly kind: 'denied'; readonly id: string }
  | { readonly kind: 'out'; readonly id: string; readonly result: Result; readonly why?: string | undefined }
  /** The receiving application's handler was called. */
  | {
      readonly kind: 'dlv';
      readonly at: string;
      readonly from: string;
      readonly id: string;
      readonly hash: string;
      readonly seq?: number;
    }
  /**
   * The peer is over for good: `left`, `closed` by its own client; `expired`, `removed`, `room_closed` by the service;
   * `superseded`: another holder of its key took it.
   */
  | { readonly kind: 'end'; readonly peer: string; readonly why: string }
  /** The peer's client was killed without a word. */
  | { readonly kind: 'crash'; readonly peer: string }
  /** The peer's page was reloaded: the client that follows has another key, and the old session is still there. */
  | { readonly kind: 'reload'; readonly peer: string }
  /**
   * An application asked to enter a room, by a call of its own. One of these follows: `live`; `cancelled`, when it gave
   * up before it was told that it was in; `refused`, with the code of the error.
   */
  | { readonly kind: 'asked'; readonly user: string; readonly room: string }
  | { readonly kind: 'cancelled'; readonly user: string; readonly room: string }
  | { readonly kind: 'refused'; readonly user: string; readonly room: string; readonly code: string }
  /** A kick, or a ban, is committed: the 2xx of REST has arrived, or the state that was read afterwards says so. */
  | { readonly kind: 'removal'; readonly user: string; readonly room: string; readonly ban: boolean }
  /** From here on the ban may be lifted: the request leaves. */
  | { readonly kind: 'unban'; readonly user: string; readonly room: string }
  /** A client was told that it waits in the lobby of a room. */
  | { readonly kind: 'waiting'; readonly user: string; readonly room: string }
  /** A moderator's answer to a waiting user is committed. */
  | { readonly kind: 'answered'; readonly user: string; readonly room: string; readonly admit: boolean }
  /** A user's role in a room is committed. */
  | { readonly kind: 'role'; readonly user: string; readonly room: string; readonly role: string }
  /** `on`: the lock is committed; off: from here on the room may be open. */
  | { readonly kind: 'lock'; readonly room: string; readonly on: boolean }
  /** The deletion of a room is committed. */
  | { readonly kind: 'deleted'; readonly room: string }
  /** A client of another protocol, and the topic or the tenant that it shares with others of its kind. */
  | { readonly kind: 'bridged'; readonly client: string; readonly via: Bridge; readonly scope: string }
  /** It sent a message to a client by name (PeerJS) or to a topic (y-webrtc). */
  | { readonly kind: 'said'; readonly client: string; readonly id: string; readonly to: string }
  /** It got a message. */
  | { readonly kind: 'heard'; readonly client: string; readonly id: string }
  /** What a client's SDK shows after a change: peer → `on` or `away`, itself included. */
  | {
      readonly kind: 'roster';
      readonly peer: string;
      readonly epoch: string;
      readonly version: number;
      readonly set: Readonly<Record<string, string>>;
      /** The role of each peer that is not a plain member; absent: not written down. */
      readonly roles?: Readonly<Record<string, string>>;
    }
  /** What a client's application was told of another peer. */
  | {
      readonly kind: 'seen';
      readonly peer: string;
      readonly event: 'joined' | 'left';
      readonly of: string;
      /** Whose peer it is, as the roster says. */
      readonly user?: string;
      readonly reason?: string;
    }
  /** The current socket of a client was closed with this code. */
  | { readonly kind: 'socket'; readonly peer: string; readonly code: number }
  /** Whether the peer's client has a welcomed socket and is in its room on it. */
  | { readonly kind: 'attached'; readonly peer: string; readonly on: boolean }
  /** `target`: the peers or users that it touches; absent: all. */
  | {
      readonly kind: 'fault';
      readonly name: string;
      readonly phase: 'start' | 'stop';
      readonly target?: readonly string[];
    }
  /** How large something that must be bounded was; for a key of Redis, `ttlMs` (-1: for ever). */
  | { readonly kind: 'size'; readonly what: string; readonly value: number; readonly bound: number }
  | { readonly kind: 'key'; readonly key: string; readonly ttlMs: number }
  /** All faults are off from here. */
  | { readonly kind: 'quiet' }
  /** The run is over. */
  | { readonly kind: 'over' }
);

export type EventOf<Kind extends HistoryEvent['kind']> = Extract<HistoryEvent, { kind: Kind }>;

/** Faults after which the presence store may know less than it did. */
export const DATA_LOSS: ReadonlySet<string> = new Set([
  ...['redis_empty', 'redis_rollback', 'redis_failover', 'redis_failed_back'],
]);
/** A node cannot reach the store, and its clients do not know. */
export const CUT_OFF = 'node_cut';
/** Why of an end that the store has forgotten since: it was told to some, and is not true any more. */
export const UNDONE = 'undone';
/** A second holder of a session's key: nothing is promised to that session any more. */
export const SECOND_HOLDER = 'duplicate_key';
/** A client whose timers sleep: its outcomes may be as late as its clock. */
export const CLOCK_FREEZE = 'clock_freeze';
