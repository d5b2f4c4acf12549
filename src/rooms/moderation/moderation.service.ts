import { Inject, Injectable } from '@nestjs/common';
import type { PeerId, RoomId, RoomState, UserId } from '@parley/protocol';
import type { Principal } from '../../auth/principal.js';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { orUnavailable } from '../../database/database-errors.js';
import { roomStateOf } from '../room-state.js';
import { RoomsService } from '../rooms.service.js';
import { RoomsStore } from '../rooms.store.js';
import type { Actor } from './actor.js';
import { LobbyService } from './lobby.service.js';
import { MembersService, type Rights } from './members.service.js';
import { Moderation } from './moderation.js';
import { RemovalsService } from './removals.service.js';

/** Gives the gateway the moderation services that REST uses. */
@Injectable()
export class RoomModeration extends Moderation {
  constructor(
    private readonly removals: RemovalsService,
    private readonly members: MembersService,
    private readonly lobby: LobbyService,
    private readonly rooms: RoomsService,
    private readonly store: RoomsStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  kick(by: Actor, room: RoomId, peer: PeerId, { ban, reason }: { ban: boolean; reason?: string }): Promise<void> {
    return ban ? this.removals.ban(by, room, { peer }, { reason }) : this.removals.kick(by, room, { peer }, reason);
  }

  mute(by: Actor, room: RoomId, peer: PeerId): Promise<void> {
    return this.members.mute(by, room, peer);
  }

  permit(by: Actor, room: RoomId, peer: PeerId, rights: Rights): Promise<void> {
    return this.members.permit(by, room, { peer }, rights);
  }

  async lock(by: Actor, room: RoomId, locked: boolean): Promise<void> {
    await this.rooms.lock(by, room, locked);
  }

  answer(by: Actor, room: RoomId, knock: string, admit: boolean): Promise<void> {
    return this.lobby.answer(by, room, knock, admit);
  }

  knock(principal: Principal, room: RoomId, holder: string): Promise<'waiting' | 'admitted'> {
    return this.lobby.knock(principal, room, holder);
  }

  withdraw(room: RoomId, user: UserId, holder: string): Promise<void> {
    return this.lobby.withdraw(room, user, holder);
  }

  keep(room: RoomId, user: UserId): Promise<void> {
    return this.lobby.keep(room, user);
  }

  knocks(room: RoomId) {
    return this.lobby.knocks(room);
  }

  async state(id: RoomId): Promise<RoomState | undefined> {
    const room = await orUnavailable(this.store.find(id));
    return room === undefined ? undefined : roomStateOf(room, this.config.limits);
  }
}
