import { ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import type { Bus, ClusterEvent } from '../../bus/bus.js';
import type { Log } from '../../logging/log.js';
import type { Presence } from '../../presence/presence.js';
import type { Moderation } from '../../rooms/moderation/moderation.js';
import type { Admission, RoomAccess } from '../../rooms/room-access.js';
import type { PeerBinding, RoomHub } from '../rooms/room-hub.js';
import { NOWHERE } from '../rooms/room-replica.js';
import { deniedPermissions } from '../rooms/room-roster.js';
import { attachRequest, type RosterSync } from '../rooms/roster-sync.js';
import type { Lobby } from './lobby.js';
import type { PeerRemover } from './peer-remover.js';
import type { PendingJoins } from './pending-joins.js';
import type { RemovalCache } from './removal-cache.js';

/** The ports and local state that {@link ModerationEventHandler} acts on. */
export interface ModerationContext {
  readonly presence: Presence;
  readonly rooms: RoomHub;
  readonly sync: RosterSync;
  readonly removals: RemovalCache;
  readonly pendingJoins: PendingJoins;
  readonly remover: PeerRemover;
  readonly lobby: Lobby;
  readonly access: RoomAccess;
  readonly moderation: Moderation;
  readonly log: Log;
}

/** Applies cluster events about moderation to this node: removals, admissions, roles, permissions, room settings. */
export class ModerationEventHandler {
  constructor(
    private readonly context: ModerationContext,
    bus: Bus,
  ) {
    bus.onEvent((event) => this.run(`Cluster event ${event.fact}`, this.apply(event)));
    context.pendingJoins.onStaleJoin = (room, user) =>
      this.run('Permission change during a join', this.refreshPermissions(room, user));
  }

  private run(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (error instanceof ProtocolError) return;
      this.context.log.error(error, `${what} not applied; clients of this node may see outdated permissions`);
    });
  }

  private async apply(event: ClusterEvent): Promise<void> {
    const { removals, remover, lobby } = this.context;
    switch (event.fact) {
      case 'user_removed':
        if (!removals.record(event.room, event.user, event.at, event.peers)) return;
        lobby.answered(event.room, event.user, false);
        return remover.removeUser(event.room, event.user, event.peers);
      case 'user_revoked':
        if (!removals.record(undefined, event.user, event.before)) return;
        return remover.removeAwayPeers(event.user);
      case 'member_changed':
        this.context.pendingJoins.note(event.room, event.user);
        return this.refreshPermissions(event.room, event.user);
      case 'knock_answered':
        return lobby.answered(event.room, event.user, event.admitted);
      case 'lobby_changed':
        return lobby.show(event.room);
      case 'room_closed':
        return lobby.closed(event.room);
      case 'room_changed':
        await this.sendState(event.room);
        return lobby.recheck(event.room);
      case 'mute_requested': {
        const binding = this.context.rooms.binding(event.peer);
        if (binding?.room === event.room)
          binding.session.send({ type: 'mute_requested', room: event.room, by: event.by });
      }
    }
  }

  private async sendState(id: RoomId): Promise<void> {
    const { rooms, moderation } = this.context;
    if (rooms.get(id) === undefined) return;
    const state = await moderation.state(id);
    if (state === undefined) return;
    const frame = JSON.stringify(state);
    for (const { session } of rooms.get(id)?.local.values() ?? []) session.sendFrame(frame);
  }

  /** Applies a user's changed role and permissions: to their local peers at once, then to the stored roster. */
  private async refreshPermissions(id: RoomId, user: UserId): Promise<void> {
    const { rooms, access, lobby } = this.context;
    for (const [peer, { session }] of [...(rooms.get(id)?.local ?? [])]) {
      const binding = rooms.binding(peer);
      if (session.principal.user !== user || binding === undefined) continue;
      try {
        const admission = await access.admit(session.principal, id);
        if (!applyAdmission(binding, admission)) continue;
        await this.updateRoster(binding);
        await lobby.show(id, session);
      } catch (error) {
        // A user who could not join any more may stay: only a removal event ends peers.
        if (!(error instanceof ProtocolError)) throw error;
      }
    }
  }

  private async updateRoster(binding: PeerBinding): Promise<void> {
    const { presence, rooms, sync } = this.context;
    const request = attachRequest(binding, rooms, Number.MAX_SAFE_INTEGER, false);
    const asked = rooms.get(binding.room)?.position ?? NOWHERE;
    const result = await presence.attach(request);
    const room = rooms.get(binding.room);
    if (result.kind === 'attached' && room !== undefined) sync.applyAttachResult(room, binding.peer, result, asked);
  }
}

/** Copies an admission's role and permissions to a binding. @returns whether any of them changed */
const applyAdmission = (binding: PeerBinding, admission: Admission): boolean => {
  const { publish: mayPublish, chat: mayChat, role, ...others } = binding.participant;
  if (role === admission.role && mayPublish === admission.publish && mayChat === admission.chat) return false;
  binding.participant = { ...others, role: admission.role, ...deniedPermissions(admission) };
  return true;
};
