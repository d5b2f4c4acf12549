import { ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import type { Bus, ClusterEvent } from '../../bus/bus.js';
import type { Log } from '../../logging/log.js';
import type { Moderation } from '../../rooms/moderation/moderation.js';
import type { Admission, RoomAccess } from '../../rooms/room-access.js';
import type { PeerBinding, RoomHub } from '../rooms/room-hub.js';
import type { RoomLifecycle } from '../rooms/room-lifecycle.js';
import { deniedPermissions } from '../rooms/room-roster.js';
import type { RosterSync } from '../rooms/roster-sync.js';
import type { AdmissionGuard } from './admission-guard.js';
import type { Lobby } from './lobby.js';
import type { PeerRemover } from './peer-remover.js';

/** The ports and local state that {@link ModerationEventHandler} acts on. */
export interface ModerationContext {
  readonly rooms: RoomHub;
  readonly lifecycle: RoomLifecycle;
  readonly sync: RosterSync;
  readonly admissions: AdmissionGuard;
  readonly remover: PeerRemover;
  readonly lobby: Lobby;
  readonly access: RoomAccess;
  readonly moderation: Moderation;
  readonly log: Log;
}

/**
 * Applies cluster events to the sessions and rooms of this node, the only place that does: removals, revocations, the
 * end of rooms, admissions, roles, permissions, room settings.
 */
export class ModerationEventHandler {
  constructor(
    private readonly context: ModerationContext,
    bus: Bus,
  ) {
    bus.onEvent((event) => {
      this.apply(event).catch((error: unknown) => {
        if (error instanceof ProtocolError) return;
        context.log.error(error, `Cluster event ${event.fact} not applied; this node may serve outdated permissions`);
      });
    });
  }

  private async apply(event: ClusterEvent): Promise<unknown> {
    const { admissions, remover, lifecycle, lobby } = this.context;
    const isNew = admissions.note(event);
    switch (event.fact) {
      case 'user_removed':
        if (!isNew) return;
        lobby.answered(event.room, event.user, false);
        return remover.removeUser(event.room, event.user, event);
      case 'user_revoked':
        await remover.closeSessions(event.user, event.before);
        return isNew ? remover.removeAwayPeers(event.user) : undefined;
      case 'member_changed':
        return this.refreshPermissions(event.room, event.user);
      case 'knock_answered':
        return lobby.answered(event.room, event.user, event.admitted);
      case 'lobby_changed':
        return lobby.show(event.room);
      case 'room_closed':
        lobby.closed(event.room);
        return lifecycle.end(event.room);
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
    const { rooms, lobby } = this.context;
    const room = rooms.get(id);
    for (const [peer, { session }] of [...(room?.local ?? [])]) {
      const binding = rooms.binding(peer);
      if (session.principal.user !== user || binding === undefined) continue;
      try {
        if (await this.refreshPeer(id, binding)) await lobby.show(id, session);
      } catch (error) {
        // A user who could not join any more may stay: only a removal event ends peers.
        if (!(error instanceof ProtocolError)) throw error;
      }
    }
  }

  /** @returns whether the peer's role or permissions changed */
  private async refreshPeer(id: RoomId, binding: PeerBinding): Promise<boolean> {
    const { rooms, access, sync } = this.context;
    const room = rooms.get(id);
    let changed = false;
    if (room === undefined) return false;
    await sync.attachAgain(room, binding, async () => {
      const admission = await access
        .admit(binding.session.principal, id, { mayCreate: false })
        .catch((error: unknown) => demoted(binding, error));
      if (applyAdmission(binding, admission)) changed = true;
      return changed;
    });
    return changed;
  }
}

const NEEDS_ADMISSION: ReadonlySet<string> = new Set(['admission_required', 'invite_required', 'room_locked']);

/** A user whose role alone admitted them may stay without it. @throws any other error */
const demoted = ({ participant }: PeerBinding, error: unknown): Admission => {
  if (!(error instanceof ProtocolError) || !NEEDS_ADMISSION.has(error.code)) throw error;
  const role = participant.role === 'guest' ? 'guest' : 'member';
  return { role, capacity: 0, ...deniedPermissions(participant) };
};

/** Copies an admission's role and permissions to a binding. @returns whether any of them changed */
const applyAdmission = (binding: PeerBinding, admission: Admission): boolean => {
  const { publish: mayPublish, chat: mayChat, role, ...others } = binding.participant;
  if (role === admission.role && mayPublish === admission.publish && mayChat === admission.chat) return false;
  binding.participant = { ...others, role: admission.role, ...deniedPermissions(admission) };
  return true;
};
