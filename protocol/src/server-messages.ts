import type { Meta, SignalKind } from './client-messages.js';
import type { ErrorCode } from './errors.js';
import type { NodeId, PeerId, RoomId, SessionId, UserId } from './ids.js';
import type { Limits } from './limits.js';
import type { LeftReason, Participant, RoomEntry, RosterEvent } from './roster.js';

/** One ICE server, in the shape of RTCIceServer (W3C WebRTC 1.0 §4.2.4). */
export interface IceServer {
  readonly urls: string | string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Reply to `hello`: the socket is authenticated and current. */
export interface Welcome {
  readonly type: 'welcome';
  readonly re: string;
  readonly session: SessionId;
  readonly user: { readonly id: UserId; readonly name: string };
  readonly node: NodeId;
  readonly iceServers: readonly IceServer[];
  readonly limits: Limits;
  readonly features: readonly string[];
  /** When the token expires, in milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Reply to `join`: the roster, including the client itself. */
export interface Joined {
  readonly type: 'joined';
  readonly re: string;
  readonly room: RoomId;
  readonly peer: PeerId;
  /** True if this session was already a participant. */
  readonly resumed: boolean;
  readonly epoch: string;
  readonly version: number;
  readonly participants: readonly Participant[];
}

/** Reply to `leave`. */
export interface Left {
  readonly type: 'left';
  readonly re: string;
  readonly room: RoomId;
}

/** Reply to `update`. Everyone, including the sender, gets the change itself as a roster event. */
export interface Updated {
  readonly type: 'updated';
  readonly re: string;
  readonly room: RoomId;
}

/** A signal from a peer. The server sets `from`; clients cannot spoof it. With `denied` the body is empty. */
export interface IncomingSignal {
  readonly type: 'signal';
  readonly from: PeerId;
  readonly seq?: number;
  readonly base?: number;
  readonly kind: SignalKind;
  /** Policy forbids this signal: count its number as missed and deliver nothing. */
  readonly denied?: ErrorCode;
}

/** A peer's acknowledgement of this client's signals. */
export interface IncomingAck {
  readonly type: 'ack';
  readonly from: PeerId;
  readonly upto: number;
  readonly missed?: readonly number[];
}

/** A broadcast from another peer in the room. */
export interface IncomingBroadcast {
  readonly type: 'broadcast';
  readonly room: RoomId;
  readonly from: PeerId;
  readonly kind: string;
}

/** A stored chat message of a room. */
export interface ChatMessage {
  /** The sender's id for it, unique for that sender in that room. */
  readonly id: string;
  /** 1, 2, 3 … per room, without gaps: the cursor of `history`. */
  readonly seq: number;
  /** The user who wrote it. */
  readonly user: UserId;
  /** The user's name when the message was written. */
  readonly name: string;
  /** The peer that sent it, which may have left long ago. */
  readonly from: PeerId;
  /** When the server stored it, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly text: string;
}

/** A new chat message. For its sender it is the reply and carries `re`. */
export interface IncomingChat extends ChatMessage {
  readonly type: 'chat';
  readonly re?: string;
  readonly room: RoomId;
}

/** Reply to `history`: chat messages, oldest first. */
export interface HistoryPage {
  readonly type: 'history';
  readonly re: string;
  readonly room: RoomId;
  readonly messages: readonly ChatMessage[];
  /** True if more messages follow the last one of this page. */
  readonly more: boolean;
}

/**
 * A change of the roster. `events` lead from version `version - events.length` to `version` of the same epoch.
 * `participants` replaces the whole roster: after a gap, or in a new epoch.
 */
export type Roster = {
  readonly type: 'roster';
  readonly room: RoomId;
  readonly epoch: string;
  readonly version: number;
} & (
  | { readonly events: readonly RosterEvent[]; readonly participants?: undefined }
  | { readonly participants: readonly Participant[]; readonly events?: undefined }
);

/** Reply to `refresh`. */
export interface Refreshed {
  readonly type: 'refreshed';
  readonly re: string;
  readonly expiresAt: number;
}

/** The access token expires soon: send `refresh`. */
export interface TokenExpiring {
  readonly type: 'token_expiring';
  readonly expiresAt: number;
}

/** A warning before the server closes the socket: it does after `left` more frames refused with this code. */
export interface Warning {
  readonly type: 'warning';
  readonly code: 'rate_limited' | 'bad_message';
  readonly left: number;
}

/** New ICE servers, sent before the credentials of the previous ones expire. */
export interface IceServers {
  readonly type: 'ice_servers';
  readonly iceServers: readonly IceServer[];
}

/** This node is shutting down: open a new socket after `reconnectAfterMs`. This one is closed after `deadlineMs`. */
export interface Drain {
  readonly type: 'drain';
  readonly deadlineMs: number;
  readonly reconnectAfterMs: number;
}

/** The client's own peer in this room was ended, other than by its `leave`. This peer id cannot come back. */
export interface Removed {
  readonly type: 'removed';
  readonly room: RoomId;
  /** The peer that was ended. */
  readonly peer?: PeerId;
  readonly reason: Exclude<LeftReason, 'left'>;
}

/** Reply to `join` in a room with a lobby: the user waits for a moderator. `admitted` or `refused` follows. */
export interface Waiting {
  readonly type: 'waiting';
  readonly re: string;
  readonly room: RoomId;
}

/** A moderator admitted the waiting user: send `join` again. */
export interface Admitted {
  readonly type: 'admitted';
  readonly room: RoomId;
  /** Id of the `join` that was answered `waiting`. */
  readonly join?: string;
}

/** The waiting user is not admitted. */
export interface Refused {
  readonly type: 'refused';
  readonly room: RoomId;
  /** Id of the `join` that was answered `waiting`. */
  readonly join?: string;
  readonly reason: 'denied' | 'banned' | 'room_closed' | 'expired';
}

/** A user who is waiting in the lobby. */
export interface Knock {
  readonly knock: string;
  readonly user: UserId;
  readonly name: string;
  /** When the user knocked, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** To moderators: every user waiting in the lobby. The whole list, after `joined` and on each change. */
export interface Knocking {
  readonly type: 'knocking';
  readonly room: RoomId;
  readonly knocks: readonly Knock[];
}

/** Reply to `answer_knock`, `kick`, `mute`, `permit` and `lock`. */
export interface Done {
  readonly type: 'done';
  readonly re: string;
}

/** A moderator asks the client's own peer to mute. */
export interface MuteRequested {
  readonly type: 'mute_requested';
  readonly room: RoomId;
  readonly by: UserId;
}

/** The room's current settings, after `joined` and on each change. */
export interface RoomState {
  readonly type: 'room';
  readonly room: RoomId;
  readonly name: string;
  readonly access: RoomEntry;
  readonly locked: boolean;
  /** Maximum number of participants. */
  readonly capacity: number;
  readonly metadata: Meta;
}

/** A request, a signal, an acknowledgement or a broadcast failed. */
export interface ErrorMessage {
  readonly type: 'error';
  /** Id of the request, if it had a readable one. */
  readonly re?: string;
  /** For a signal or an acknowledgement: its receiver, and its number if it had one. */
  readonly to?: PeerId;
  readonly seq?: number;
  /** For a broadcast: the room. */
  readonly room?: RoomId;
  readonly code: ErrorCode;
  readonly message: string;
  /** True: the same request may succeed later without a change. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** Heartbeat to clients with the feature `heartbeat`, if nothing else was sent meanwhile. Reply with `pong`. */
export interface ServerPing {
  readonly type: 'ping';
}

/** Reply to the client's `ping`. */
export interface ServerPong {
  readonly type: 'pong';
  readonly re?: string;
}

/** Every frame that a server may send. */
export type ServerMessage =
  | Welcome
  | Joined
  | Left
  | Updated
  | IncomingSignal
  | IncomingAck
  | IncomingBroadcast
  | IncomingChat
  | HistoryPage
  | Roster
  | Refreshed
  | TokenExpiring
  | Warning
  | IceServers
  | Drain
  | Removed
  | Waiting
  | Admitted
  | Refused
  | Knocking
  | Done
  | MuteRequested
  | RoomState
  | ErrorMessage
  | ServerPing
  | ServerPong;
