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
  /** When the token ends, milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Reply to `join`: who is here, the caller included. */
export interface Joined {
  readonly type: 'joined';
  readonly re: string;
  readonly room: RoomId;
  readonly peer: PeerId;
  /** True when this session was a participant already. */
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

/** Reply to `update`; the change itself comes to everyone, the sender too, as a roster event. */
export interface Updated {
  readonly type: 'updated';
  readonly re: string;
  readonly room: RoomId;
}

/** A signal from a peer; `from` is the server's word. With `denied` the body is empty. */
export interface IncomingSignal {
  readonly type: 'signal';
  readonly from: PeerId;
  readonly seq?: number;
  readonly base?: number;
  readonly kind: SignalKind;
  /** The policy refused this signal: count the number as missed and show nothing. */
  readonly denied?: ErrorCode;
}

/** A peer's acknowledgement of this client's signals. */
export interface IncomingAck {
  readonly type: 'ack';
  readonly from: PeerId;
  readonly upto: number;
  readonly missed?: readonly number[];
}

/** A broadcast of another peer in the room. */
export interface IncomingBroadcast {
  readonly type: 'broadcast';
  readonly room: RoomId;
  readonly from: PeerId;
  readonly kind: string;
}

/** One line of a room's chat as it is kept. */
export interface ChatMessage {
  /** The sender's id for it, unique for that sender in that room. */
  readonly id: string;
  /** 1, 2, 3 … in its room: the cursor. */
  readonly seq: number;
  /** The user who wrote it. */
  readonly user: UserId;
  /** The user's name when it was written. */
  readonly name: string;
  /** The peer it was sent by; a peer id may be long gone. */
  readonly from: PeerId;
  /** When the server kept it, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly text: string;
}

/** A new chat message; to its sender it is the reply and carries `re`. */
export interface IncomingChat extends ChatMessage {
  readonly type: 'chat';
  readonly re?: string;
  readonly room: RoomId;
}

/** Reply to `history`, oldest first. */
export interface HistoryPage {
  readonly type: 'history';
  readonly re: string;
  readonly room: RoomId;
  readonly messages: readonly ChatMessage[];
  /** True when there are more messages after the last one of this page. */
  readonly more: boolean;
}

/**
 * The roster changed. With `events`, they lead from version `version - events.length` to `version` of the
 * same epoch. With `participants`, the whole roster is replaced (a gap was healed, or a new epoch began).
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

/** The token ends soon: send `refresh`. */
export interface TokenExpiring {
  readonly type: 'token_expiring';
  readonly expiresAt: number;
}

/** The socket is closed when this goes on: after `left` more frames that are refused with this code. */
export interface Warning {
  readonly type: 'warning';
  readonly code: 'rate_limited' | 'bad_message';
  readonly left: number;
}

/** New ICE servers, before the credentials of the old ones end. */
export interface IceServers {
  readonly type: 'ice_servers';
  readonly iceServers: readonly IceServer[];
}

/** This node is going: open a new socket after `reconnectAfterMs`; this one ends at `deadlineMs` from now. */
export interface Drain {
  readonly type: 'drain';
  readonly deadlineMs: number;
  readonly reconnectAfterMs: number;
}

/** The own peer in this room was ended by someone else. It cannot come back under this peer id. */
export interface Removed {
  readonly type: 'removed';
  readonly room: RoomId;
  readonly reason: Exclude<LeftReason, 'left'>;
}

/** Reply to `join` in a room with a lobby: the moderators were told. `admitted` or `refused` follows. */
export interface Waiting {
  readonly type: 'waiting';
  readonly re: string;
  readonly room: RoomId;
}

/** A moderator let the waiting person in: join again. */
export interface Admitted {
  readonly type: 'admitted';
  readonly room: RoomId;
}

/** The waiting person will not be let in. */
export interface Refused {
  readonly type: 'refused';
  readonly room: RoomId;
  readonly reason: 'denied' | 'banned' | 'room_closed' | 'expired';
}

/** Somebody who waits to be let in. */
export interface Knock {
  readonly knock: string;
  readonly user: UserId;
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
}

/** To moderators: everybody who waits now. Sent whole on each change, and after `joined`. */
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

/** A moderator asks the own peer to be quiet. */
export interface MuteRequested {
  readonly type: 'mute_requested';
  readonly room: RoomId;
  readonly by: UserId;
}

/** What a room is now: after `joined`, and on each change. */
export interface RoomState {
  readonly type: 'room';
  readonly room: RoomId;
  readonly name: string;
  readonly access: RoomEntry;
  readonly locked: boolean;
  /** At most so many participants. */
  readonly capacity: number;
  readonly metadata: Meta;
}

/** A request, or a signal, was not done. */
export interface ErrorMessage {
  readonly type: 'error';
  /** The request's id, when it had one that could be read. */
  readonly re?: string;
  /** For a signal or an acknowledgement: whom it was for, and its number. */
  readonly to?: PeerId;
  readonly seq?: number;
  /** For a broadcast: the room. */
  readonly room?: RoomId;
  readonly code: ErrorCode;
  readonly message: string;
  /** True: the same request may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** To clients with the feature `heartbeat`, when nothing else was sent for a while: answer with `pong`. */
export interface ServerPing {
  readonly type: 'ping';
}

/** Answer to the client's `ping`. */
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
