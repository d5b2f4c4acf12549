import type { Meta } from './client-messages.js';
import type { PeerId, UserId } from './ids.js';

/** Every {@link Role}, the highest first. */
export const ROLES = ['owner', 'moderator', 'member', 'guest'] as const;

/** A user's role in a room. */
export type Role = (typeof ROLES)[number];

/** Every {@link ParticipantState}. */
export const PARTICIPANT_STATES = ['on', 'away'] as const;

/** `on`: the peer's socket is attached to a node. `away`: it lost its socket and may come back. */
export type ParticipantState = (typeof PARTICIPANT_STATES)[number];

/** A peer's roster entry. */
export interface Participant {
  readonly peer: PeerId;
  readonly user: UserId;
  readonly name: string;
  readonly role: Role;
  readonly meta: Meta;
  readonly state: ParticipantState;
  /**
   * Order of joining. It increases by at least one with each participant that joins in the room's epoch.
   * Of a pair, the one with the **greater** order is the polite peer (W3C WebRTC 1.0 §10.7, perfect negotiation).
   */
  readonly order: number;
  /** False: the permission to offer media was revoked. Absent otherwise. */
  readonly publish?: boolean;
  /** False: the permission to chat was revoked. Absent otherwise. */
  readonly chat?: boolean;
}

/** Every {@link RoomEntry}. */
export const ROOM_ENTRIES = ['open', 'invite', 'lobby'] as const;

/** Who may join a room: anyone, members and users with an invite, or members and users whom a moderator admits. */
export type RoomEntry = (typeof ROOM_ENTRIES)[number];

/** Why a participant left permanently. `expired`: it was away for longer than the resume window, or its user joined again. */
export type LeftReason = 'left' | 'expired' | 'removed' | 'room_closed';

/** One change of a roster. Each increases the roster's version by exactly one. */
export type RosterEvent =
  | { readonly event: 'joined'; readonly participant: Participant }
  | { readonly event: 'away'; readonly peer: PeerId }
  | { readonly event: 'back'; readonly peer: PeerId }
  /** `name` is present only if it changed. */
  | { readonly event: 'updated'; readonly peer: PeerId; readonly meta: Meta; readonly name?: string }
  | {
      readonly event: 'permitted';
      readonly peer: PeerId;
      readonly role: Role;
      readonly publish: boolean;
      readonly chat: boolean;
    }
  | { readonly event: 'left'; readonly peer: PeerId; readonly reason: LeftReason };
