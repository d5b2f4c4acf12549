import type { ChatMessage, Knock, LeftReason, Participant, PeerId, Removed, Role, UserId } from '@parley/protocol';
import type { ParleyError } from '../errors.js';
import type { Peer } from '../peer/peer.js';
import type { Permissions, RoomInfo } from './room-state.js';

/**
 * Why this client was removed from a room: `removed`: by a moderator, or refused on rejoining (a later `join` fails
 * with the exact code: `banned`, `room_locked` …); `expired`: away for too long; `room_closed`: the room has ended.
 */
export type RemovedReason = Removed['reason'];

/** @internal The reason for a refused rejoin. */
export const removedBy = ({ code }: ParleyError): RemovedReason =>
  code === 'room_not_found' ? 'room_closed' : code === 'room_full' || code === 'too_many_peers' ? 'expired' : 'removed';

/** Events of a room. Payloads are read-only. Only `updated` and `permitted` also report this client's own changes. */
export interface RoomEvents {
  /** A participant joined. */
  joined: Participant;
  /** A participant left permanently: `left`, `expired` (away for too long), `removed` or `room_closed`. */
  left: { readonly participant: Participant; readonly reason: LeftReason };
  /** A participant lost the connection to the server and may come back. Its media may still flow. */
  away: Participant;
  /** A participant who was away is back, under the same peer id. */
  back: Participant;
  /** The `meta` or the name of a participant changed, including this client's own. */
  updated: Participant;
  /**
   * The role or permissions of a participant changed, including this client's own. If its permission to publish was
   * revoked, its publications have `ended`; they are not published again automatically when it is restored.
   */
  permitted: Participant;
  /** The room's settings, after the join and on each change. The same as `room.info`. */
  info: RoomInfo;
  /** For moderators and owners, on each change: the users waiting in the lobby, longest first. See `room.knocks`. */
  knocking: readonly Knock[];
  /**
   * A moderator asks this client to mute; the application decides. `by` is the moderator's participant, undefined if it
   * has left or the request came over REST.
   */
  mute_requested: { readonly user: UserId; readonly by: Participant | undefined };
  /** A peer for a participant who joined later. Those already in the room are in `room.peers`. */
  peer: Peer;
  /** The peer has left; its connection is closed. */
  peer_gone: Peer;
  /** A chat message, also this client's own: each exactly once, in order of `seq`, even after a lost connection. */
  chat: ChatMessage;
  /** A broadcast from another peer: at most once, unordered relative to signals. */
  broadcast: { readonly from: PeerId; readonly kind: string; readonly data: unknown };
  /** After any change of the roster: a copy that does not change any more. */
  roster: ReadonlyMap<PeerId, Participant>;
  /** This client was removed and does not rejoin automatically. The `Room` is closed: `join` returns a new one. */
  removed: RemovedReason;
  /** A signal that a peer sent with `peer.send`. The same as the peer's own `signal`. */
  signal: { readonly from: PeerId; readonly data: unknown };
  /** This client was away for too long and joined again under a new session, as a new peer. */
  rejoined: { readonly self: PeerId };
}

/** What a room shows at one moment. It is frozen, and so are its lists and participants. */
export interface RoomSnapshot {
  /** This client's peer id. */
  readonly self: PeerId;
  /** All participants in join order, this client included. */
  readonly participants: readonly Participant[];
  /** The other participants' peers, in join order. A `Peer` itself is live: listen to its events. */
  readonly peers: readonly Peer[];
  readonly role: Role;
  readonly permissions: Permissions;
  /** The room's settings: undefined until they arrive. */
  readonly info: RoomInfo | undefined;
  /** The users waiting in the lobby, longest first. */
  readonly knocks: readonly Knock[];
  /** True once this client has left or was removed. */
  readonly closed: boolean;
}

/** A page of chat messages, oldest first. `more`: further messages follow the last one. */
export interface ChatHistory {
  readonly messages: readonly ChatMessage[];
  readonly more: boolean;
}
