import type { ChatMessage, Knock, LeftReason, Participant, PeerId, Removed, UserId } from '@parley/protocol';
import type { ParleyError } from '../errors.js';
import type { Peer } from '../peer/peer.js';
import type { RoomInfo } from './room-state.js';

/**
 * Why this client is out of a room: `removed` by a moderator, or refused when it came back (a later `join` tells by its
 * error: `banned`, `room_locked` …); `expired`: it was away too long and found no place; `room_closed`: the room is over.
 */
export type RemovedReason = Removed['reason'];

/** @internal What it means that the server does not let this client come back. */
export const removedBy = ({ code }: ParleyError): RemovedReason =>
  code === 'room_not_found' ? 'room_closed' : code === 'room_full' ? 'expired' : 'removed';

/** Events of a room. Payloads are read-only. Self is in the roster, and in no event but `updated` and `permitted`. */
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
  /**
   * Somebody's role or permissions changed; the own too. Without the permission to publish the own publications have
   * `ended` by then, and are not taken up again by themselves when it is given back.
   */
  permitted: Participant;
  /** After `joined` and on each change: what the room is now. The same as `room.info`. */
  info: RoomInfo;
  /** To moderators and owners, on each change: everybody who waits to be let in, longest first. The same as `room.knocks`. */
  knocking: readonly Knock[];
  /**
   * A moderator asks this client to be quiet; the application decides. `by` is who asked, undefined when they have left
   * meanwhile or asked over REST.
   */
  mute_requested: { readonly user: UserId; readonly by: Participant | undefined };
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
  /** This client is out of the room and does not come back by itself. The room is over: join again for another one. */
  removed: RemovedReason;
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
