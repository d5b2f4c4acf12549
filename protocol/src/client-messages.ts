import type { PeerId, RoomId } from './ids.js';

/** Data a participant shows to the room: name, muted, sharing. JSON, at most `limits.maxMetaBytes`. */
export type Meta = { readonly [key: string]: unknown };

/** Every kind of signal. */
export const SIGNAL_KINDS = ['offer', 'answer', 'candidate', 'end_of_candidates', 'data'] as const;

/** What a signal carries. The server reads this word and never the body. */
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** First frame of a socket, within `helloTimeoutMs`. A resume is the same frame with the next attempt. */
export interface Hello {
  readonly type: 'hello';
  readonly id: string;
  /** Access token (JWT, RFC 7519). Never in a URL. */
  readonly token: string;
  /** Session key, see {@link SESSION_KEY_PATTERN}. Kept in memory by the client, never stored. */
  readonly key: string;
  /** The client's own counter of connection attempts, from 1. The highest one is the current socket. */
  readonly attempt: number;
  /** What the client can do beyond this text, for example `heartbeat`. At most 16 words. */
  readonly features?: readonly string[];
}

/** Enter a room, or come back to it: the same session gets the same peer id. */
export interface Join {
  readonly type: 'join';
  readonly id: string;
  readonly room: RoomId;
  readonly meta?: Meta;
  /** An invite's token: it is used up by whom it lets in. */
  readonly invite?: string;
}

/** Leave a room for good. */
export interface Leave {
  readonly type: 'leave';
  readonly id: string;
  readonly room: RoomId;
}

/** Replace the own participant's data in one room. */
export interface Update {
  readonly type: 'update';
  readonly id: string;
  readonly room: RoomId;
  readonly meta: Meta;
}

/** One signal to one peer; the body follows the header and is opaque. No reply when all is well. */
export interface Signal {
  readonly type: 'signal';
  readonly to: PeerId;
  /** 1, 2, 3 … for this receiver. Without it the signal is sent at most once. */
  readonly seq?: number;
  /** Lowest number to this receiver that has no result yet. Present whenever `seq` is. */
  readonly base?: number;
  readonly kind: SignalKind;
}

/** The receiving client's word to the sending one: everything up to `upto` was handled, but `missed`. */
export interface Ack {
  readonly type: 'ack';
  readonly to: PeerId;
  readonly upto: number;
  /** Numbers at or below `upto` that were never handed to the application. At most 64. */
  readonly missed?: readonly number[];
}

/** To everyone else in the room who is there now, at most once; the body is opaque. */
export interface Broadcast {
  readonly type: 'broadcast';
  readonly room: RoomId;
  /** The application's own word, 1 to 32 characters. */
  readonly kind: string;
}

/** A line of text to the room, kept. `id` makes a resend the same message. */
export interface Chat {
  readonly type: 'chat';
  readonly id: string;
  readonly room: RoomId;
  readonly text: string;
}

/** Messages after a cursor, oldest first. */
export interface History {
  readonly type: 'history';
  readonly id: string;
  readonly room: RoomId;
  /** Messages with a greater `seq`; 0 from the beginning. Absent: the newest ones. */
  readonly after?: number;
  /** 1 to 100, default 50. */
  readonly limit?: number;
}

/** A fresh token before the old one ends, for the same user. */
export interface Refresh {
  readonly type: 'refresh';
  readonly id: string;
  readonly token: string;
}

/** A moderator's word on somebody who knocked. */
export interface AnswerKnock {
  readonly type: 'answer_knock';
  readonly id: string;
  readonly room: RoomId;
  /** The id of the knock, as `knocking` named it. */
  readonly knock: string;
  readonly admit: boolean;
}

/** End a peer, and every other peer of the same user in the room. */
export interface Kick {
  readonly type: 'kick';
  readonly id: string;
  readonly room: RoomId;
  readonly peer: PeerId;
  /** True: the user stays out until the ban is lifted. */
  readonly ban?: boolean;
  /** For the audit trail, 1 to 200 characters. */
  readonly reason?: string;
}

/** Ask a peer to be quiet. Its application decides; `permit` is what it cannot refuse. */
export interface Mute {
  readonly type: 'mute';
  readonly id: string;
  readonly room: RoomId;
  readonly peer: PeerId;
}

/** Take a user's permission to publish or to chat, or give it back. What is absent stays as it is. */
export interface Permit {
  readonly type: 'permit';
  readonly id: string;
  readonly room: RoomId;
  readonly peer: PeerId;
  readonly publish?: boolean;
  readonly chat?: boolean;
}

/** Let nobody new in, or let people in again. Whoever is in stays and may come back. */
export interface Lock {
  readonly type: 'lock';
  readonly id: string;
  readonly room: RoomId;
  readonly locked: boolean;
}

/** Answered by `pong` at once. */
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
