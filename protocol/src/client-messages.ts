import type { PeerId, RoomId } from './ids.js';

/** Data that a participant shows to the room, for example whether it is muted. JSON, at most `limits.maxMetaBytes`. */
export type Meta = { readonly [key: string]: unknown };

/** Every {@link SignalKind}. */
export const SIGNAL_KINDS = ['offer', 'answer', 'candidate', 'end_of_candidates', 'data'] as const;

/** The kind of a signal. The server reads nothing else of it. */
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** The first frame of a socket, due within `helloTimeoutMs`. To resume, send it again with the next attempt. */
export interface Hello {
  readonly type: 'hello';
  readonly id: string;
  /** Access token (JWT, RFC 7519). Never put it into a URL. */
  readonly token: string;
  /** Session key, see {@link SESSION_KEY_PATTERN}. The client keeps it in memory and never stores it. */
  readonly key: string;
  /** The client's counter of connection attempts, from 1. The highest attempt is the current socket. */
  readonly attempt: number;
  /** What the client supports beyond the base protocol, for example `heartbeat`. At most 16 words. */
  readonly features?: readonly string[];
}

/** Join a room, or come back to it: the same session gets the same peer id. */
export interface Join {
  readonly type: 'join';
  readonly id: string;
  readonly room: RoomId;
  readonly meta?: Meta;
  /** Token of an invite. It is used up only if it was needed to admit the client. */
  readonly invite?: string;
}

/** Leave a room permanently: the peer id cannot come back. */
export interface Leave {
  readonly type: 'leave';
  readonly id: string;
  readonly room: RoomId;
}

/** Replace the client's own `meta` in one room. */
export interface Update {
  readonly type: 'update';
  readonly id: string;
  readonly room: RoomId;
  readonly meta: Meta;
}

/** A signal to one peer. The body follows the header and is opaque. No reply on success. */
export interface Signal {
  readonly type: 'signal';
  readonly to: PeerId;
  /** 1, 2, 3 … per receiver. Without it the signal is delivered at most once. */
  readonly seq?: number;
  /** Lowest number to this receiver without a result. Present whenever `seq` is. */
  readonly base?: number;
  readonly kind: SignalKind;
}

/** Acknowledgement from the receiving client: everything up to `upto` was delivered, except `missed`. */
export interface Ack {
  readonly type: 'ack';
  readonly to: PeerId;
  readonly upto: number;
  /** Numbers up to `upto` that were never delivered to the application. At most 64. */
  readonly missed?: readonly number[];
}

/** A message to every other connected peer in the room, delivered at most once. The body is opaque. */
export interface Broadcast {
  readonly type: 'broadcast';
  readonly room: RoomId;
  /** An application-defined word, 1 to 32 characters. */
  readonly kind: string;
}

/** A chat message to the room, which the server stores. The `id` makes it safe to send again. */
export interface Chat {
  readonly type: 'chat';
  readonly id: string;
  readonly room: RoomId;
  readonly text: string;
}

/** Read chat messages after a cursor, oldest first. */
export interface History {
  readonly type: 'history';
  readonly id: string;
  readonly room: RoomId;
  /** Messages with a greater `seq`; 0: from the beginning. Default: the newest ones. */
  readonly after?: number;
  /** 1 to 100, default 50. */
  readonly limit?: number;
}

/** Replace the access token before it expires, with one for the same user. */
export interface Refresh {
  readonly type: 'refresh';
  readonly id: string;
  readonly token: string;
}

/** Admit or deny a user who is waiting in the lobby. For moderators. */
export interface AnswerKnock {
  readonly type: 'answer_knock';
  readonly id: string;
  readonly room: RoomId;
  /** Id of the knock, from `knocking`. */
  readonly knock: string;
  readonly admit: boolean;
}

/** Remove a peer, and every other peer of the same user in the room. For moderators. */
export interface Kick {
  readonly type: 'kick';
  readonly id: string;
  readonly room: RoomId;
  readonly peer: PeerId;
  /** True: the user cannot join again until the ban is lifted. */
  readonly ban?: boolean;
  /** For the audit log, 1 to 200 characters. */
  readonly reason?: string;
}

/** Ask a peer to mute. Its application decides; `permit` enforces it. For moderators. */
export interface Mute {
  readonly type: 'mute';
  readonly id: string;
  readonly room: RoomId;
  readonly peer: PeerId;
}

/** Revoke or restore a user's permission to publish or to chat. An absent field changes nothing. For moderators. */
export interface Permit {
  readonly type: 'permit';
  readonly id: string;
  readonly room: RoomId;
  readonly peer: PeerId;
  readonly publish?: boolean;
  readonly chat?: boolean;
}

/** Lock a room against new peers, or unlock it. Peers in the room stay and may come back. For moderators. */
export interface Lock {
  readonly type: 'lock';
  readonly id: string;
  readonly room: RoomId;
  readonly locked: boolean;
}

/** Ask whether the connection is alive. The server replies `pong` at once. */
export interface ClientPing {
  readonly type: 'ping';
  readonly id?: string;
}

/** The answer to the server's `ping`, from clients with the feature `heartbeat`. */
export interface ClientPong {
  readonly type: 'pong';
}

/** Every frame that a client may send. */
export type ClientMessage =
  | Hello
  | Join
  | Leave
  | Update
  | Signal
  | Ack
  | Broadcast
  | Chat
  | History
  | Refresh
  | AnswerKnock
  | Kick
  | Mute
  | Permit
  | Lock
  | ClientPing
  | ClientPong;

/** The `type` of every client message. */
export type ClientMessageType = ClientMessage['type'];
