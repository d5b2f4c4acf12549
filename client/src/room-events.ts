import type { ChatMessage, LeftReason, Participant, PeerId, Removed } from '@parley/protocol';
import type { Peer } from './peer.js';

/** Events of a room. Payloads are read-only. Self is in the roster, and never in an event but `updated`. */
export interface RoomEvents {
  /** Somebody entered. */
  joined: Participant;
  /** Somebody is gone for good: `left`, `expired` (was away too long), `removed`, `room_closed`. */
  left: { readonly participant: Participant; readonly reason: LeftReason };
  /** Somebody lost the connection to the server and may come back. A call's media may still flow. */
  away: Participant;
  /** Somebody who was away is back, under the same peer id. */
  back: Participant;
  /** Somebody's data changed; the own too. */
  updated: Participant;
  /** There is a peer for a participant who entered later. Those who were here before are in `room.peers`. */
  peer: Peer;
  /** The peer is over; its connection is closed. */
  peer_gone: Peer;
  /** A line of chat, the own ones too: each exactly once, in the order of `seq`, also those kept during a break. */
  chat: ChatMessage;
  /** At most once, in no order relative to signals. */
  broadcast: { readonly from: PeerId; readonly kind: string; readonly data: unknown };
  /** After any change of the roster. */
  roster: ReadonlyMap<PeerId, Participant>;
  /** This client is out of the room and does not come back by itself. */
  removed: Removed['reason'];
  /** A signal that a peer sent with `peer.send`. The same as the peer's own `signal`. */
  signal: { readonly from: PeerId; readonly data: unknown };
  /** The session had ended while this client was away for too long: it is in the room again, as a new peer. */
  rejoined: { readonly self: PeerId };
}

/** Some lines of chat, oldest first, and whether there are more after them. */
export interface ChatHistory {
  readonly messages: readonly ChatMessage[];
  readonly more: boolean;
}
