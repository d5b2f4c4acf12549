import type { Knock, PeerId, RoomId, RoomState, UserId } from '@parley/protocol';
import type { Principal } from '../../auth/principal.js';
import type { Actor } from './actor.js';
import type { Rights } from './members.service.js';

/** What the gateway asks of the rooms beside who may come in. REST asks the same services. */
export abstract class Moderation {
  /** @throws ProtocolError `peer_unknown`, `forbidden` … as the policy decides; so do the other acts */
  abstract kick(by: Actor, room: RoomId, peer: PeerId, how: { ban: boolean; reason?: string }): Promise<void>;
  abstract mute(by: Actor, room: RoomId, peer: PeerId): Promise<void>;
  abstract permit(by: Actor, room: RoomId, peer: PeerId, rights: Rights): Promise<void>;
  abstract lock(by: Actor, room: RoomId, locked: boolean): Promise<void>;
  abstract answer(by: Actor, room: RoomId, knock: string, admit: boolean): Promise<void>;

  /** Waits in the lobby. `admitted`: somebody let them in before. */
  abstract knock(principal: Principal, room: RoomId, holder: string): Promise<'waiting' | 'admitted'>;
  /** Waits no more; nothing happens when another connection of the user waits by now. */
  abstract withdraw(room: RoomId, user: UserId, holder: string): Promise<void>;
  /** Still waits: to be said every half minute. */
  abstract keep(room: RoomId, user: UserId): Promise<void>;
  abstract knocks(room: RoomId): Promise<readonly Knock[]>;

  /** What a room is now; undefined: there is none. */
  abstract state(room: RoomId): Promise<RoomState | undefined>;
}
