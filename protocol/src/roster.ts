import type { Meta } from './client-messages.js';
import type { PeerId, UserId } from './ids.js';

/** Every role, the highest first. */
export const ROLES = ['owner', 'moderator', 'member', 'guest'] as const;

/** What a user may be in a room, least first: guest, member, moderator, owner. */
export type Role = (typeof ROLES)[number];

/** Every state of a participant. */
export const PARTICIPANT_STATES = ['on', 'away'] as const;

/** `on`: its socket is attached to a node. `away`: it lost its socket and may come back. */
export type ParticipantState = (typeof PARTICIPANT_STATES)[number];

/** The roster's view of a peer. */
export interface Participant {
  readonly peer: PeerId;
  readonly user: UserId;
  readonly name: string;
  readonly role: Role;
  readonly meta: Meta;
  readonly state: ParticipantState;
  /**
   * The server's order of joining: rises by one or more with each new participant of the room's epoch.
   * Of a pair, the one with the **greater** order is the polite peer (W3C WebRTC 1.0 §10.7, perfect negotiation).
   */
  readonly order: number;
  /** False: it may not offer media. Absent: it may. */
  readonly publish?: boolean;
  /** False: it may not chat. Absent: it may. */
  readonly chat?: boolean;
}

/** Every way into a room. */
export const ROOM_ENTRIES = ['open', 'invite', 'lobby'] as const;

/** Who may enter a room: any user, holders of an invite, or those whom a moderator admits from the lobby. */
export type RoomEntry = (typeof ROOM_ENTRIES)[number];

/** Why a participant is gone for good. */
export type LeftReason = 'left' | 'expired' | 'removed' | 'room_closed';

/** One change of a roster. Each raises the roster's version by exactly one. */
export type RosterEvent =
  | { readonly event: 'joined'; readonly participant: Participant }
  | { readonly event: 'away'; readonly peer: PeerId }
  | { readonly event: 'back'; readonly peer: PeerId }
  /** `name` is there when it is another one than before. */
  | { readonly event: 'updated'; readonly peer: PeerId; readonly meta: Meta; readonly name?: string }
  | {
      readonly event: 'permitted';
      readonly peer: PeerId;
      readonly role: Role;
      readonly publish: boolean;
      readonly chat: boolean;
    }
  | { readonly event: 'left'; readonly peer: PeerId; readonly reason: LeftReason };
