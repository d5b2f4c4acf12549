import type { Knock, PeerId, RoomId, RoomState, UserId } from '@parley/protocol';
import type { Principal } from '../../auth/principal.js';
import type { Actor } from './actor.js';
import type { Rights } from './members.service.js';

/** Port through which the gateway moderates rooms; REST uses the same services. */
export abstract class Moderation {
  /** @throws ProtocolError `peer_unknown`, and as the policy decides; so do mute, permit, lock and answer */
  abstract kick(by: Actor, room: RoomId, peer: PeerId, how: { ban: boolean; reason?: string }): Promise<void>;
  abstract mute(by: Actor, room: RoomId, peer: PeerId): Promise<void>;
  abstract permit(by: Actor, room: RoomId, peer: PeerId, rights: Rights): Promise<void>;
  abstract lock(by: Actor, room: RoomId, locked: boolean): Promise<void>;
  abstract answer(by: Actor, room: RoomId, knock: string, admit: boolean): Promise<void>;

  /** Waits in the lobby. @returns `admitted` when a moderator already admitted the user */
  abstract knock(principal: Principal, room: RoomId, holder: string): Promise<'waiting' | 'admitted'>;
  /** Withdraws a knock; without effect when another connection of the user waits by now. */
  abstract withdraw(room: RoomId, user: UserId, holder: string): Promise<void>;
  /** Renews a knock; to be called every 30 s. */
  abstract keep(room: RoomId, user: UserId): Promise<void>;
  abstract knocks(room: RoomId): Promise<readonly Knock[]>;

  /** A room's current state; undefined when it does not exist. */
  abstract state(room: RoomId): Promise<RoomState | undefined>;
}
