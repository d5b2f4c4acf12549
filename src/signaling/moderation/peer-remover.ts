import { CLOSE_CODES, type LeftReason, type PeerId, type RoomId, type UserId } from '@parley/protocol';
import type { Presence } from '../../presence/presence.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { RoomLifecycle } from '../rooms/room-lifecycle.js';
import type { RosterSync } from '../rooms/roster-sync.js';
import type { Session } from '../session/session.js';
import type { SessionRegistry } from '../session/session-registry.js';
import type { AdmissionGuard } from './admission-guard.js';
import { RECENT_REMOVAL_MS } from './removal-cache.js';

const RETRY_MS = 250;
/** Removals that may wait for the store; beyond it the oldest are left to the tombstones and to reconciliation. */
const MAX_RETRIES = 1_000;

/** A committed removal of a user from a room. */
export interface UserRemoval {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** The user's peers in the room at that time, as far as they were known. */
  readonly peers: readonly PeerId[];
}

/** The parts of the node that a removal changes. */
export interface RemovalContext {
  readonly rooms: RoomHub;
  readonly lifecycle: RoomLifecycle;
  readonly sync: RosterSync;
  readonly registry: SessionRegistry;
}

/** Removes peers and sessions of a user, on this node at once and in the store as soon as it is available. Nothing else does. */
export class PeerRemover {
  private readonly retryQueue = new Map<string, () => Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly presence: Presence,
    private readonly local: RemovalContext,
    private readonly admissions: AdmissionGuard,
    private readonly wallClock: () => number,
  ) {}

  /**
   * Removes the peers that a user has in a room by a token from before the removal, also those that are `away`. A user
   * may return with a newer token, and a node may receive the removal after that.
   */
  async removeUser(room: RoomId, user: UserId, removal: UserRemoval): Promise<void> {
    this.endLocal(room, user, removal);
    // Decided now, since the store may only be available later.
    const isRecent = this.wallClock() - removal.at < RECENT_REMOVAL_MS;
    await this.attempt(`${room} ${user}`, () => this.endStored(room, isRecent ? user : undefined, removal));
  }

  /** Removes one peer that was attached after its user had been removed, or its room had ended. */
  async removePeer(room: RoomId, peer: PeerId, reason: LeftReason = 'removed'): Promise<void> {
    await this.attempt(`${room} ${peer}`, () => this.end(room, peer, reason));
  }

  /** Closes a user's sessions whose tokens were issued before a time, and removes their peers. */
  async closeSessions(user: UserId, before: number): Promise<void> {
    for (const session of this.local.registry.issuedBefore(user, before)) await this.closeSession(session);
  }

  /** Removes the `away` peers of a user from the rooms of this node. */
  async removeAwayPeers(user: UserId): Promise<void> {
    const lost = [...this.local.rooms.all].flatMap((room) =>
      [...room.members.values()]
        .filter((member) => member.user === user && member.state === 'away')
        .map(({ peer }) => ({ room: room.id, peer })),
    );
    for (const { room, peer } of lost) {
      this.admissions.end(peer);
      await this.removePeer(room, peer);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.retryQueue.clear();
  }

  private async closeSession(session: Session): Promise<void> {
    const leaves = [...session.rooms.keys()].map((room) => this.local.lifecycle.leave(session, room, 'removed'));
    // Its peers have left this node already, whether or not the store is available.
    session.close(CLOSE_CODES.revoked, 'what let this session in was revoked');
    await Promise.all(leaves);
  }

  /** Removes the user's local peers and tells their clients; no longer in the room when this returns. */
  private endLocal(id: RoomId, user: UserId, { at, peers }: UserRemoval): void {
    const { rooms, lifecycle } = this.local;
    for (const [peer, { session }] of [...(rooms.get(id)?.local ?? [])]) {
      if (session.principal.user !== user) continue;
      if (hasReturned(session, at) && !peers.includes(peer)) continue;
      this.admissions.end(peer);
      session.send({ type: 'removed', room: id, peer, reason: 'removed' });
      void lifecycle.leave(session, id, 'removed').catch(() => this.removePeer(id, peer));
    }
  }

  /** @param user undefined: ends the listed peers only, since the user may have returned since */
  private async endStored(id: RoomId, user: UserId | undefined, removal: UserRemoval): Promise<void> {
    const { members } = await this.presence.snapshot(id);
    const local = this.local.rooms.get(id)?.local;
    const theirs = members.filter(
      (member) => member.user === user && !hasReturned(local?.get(member.peer)?.session, removal.at),
    );
    for (const peer of new Set([...removal.peers, ...theirs.map(({ peer }) => peer)])) {
      this.admissions.end(peer);
      await this.end(id, peer, 'removed');
    }
  }

  private async end(id: RoomId, peer: PeerId, reason: LeftReason): Promise<void> {
    this.local.sync.publish(await this.presence.leave(id, peer, reason));
  }

  private async attempt(key: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.retryQueue.delete(key);
    } catch {
      this.retryQueue.delete(key);
      this.retryQueue.set(key, act);
      const oldest = this.retryQueue.keys().next();
      if (this.retryQueue.size > MAX_RETRIES && oldest.done !== true) this.retryQueue.delete(oldest.value);
      this.timer ??= setTimeout(() => void this.retry(), RETRY_MS).unref();
    }
  }

  private async retry(): Promise<void> {
    this.timer = undefined;
    for (const [key, act] of [...this.retryQueue]) {
      await this.attempt(key, act);
      // It failed again, so the store is still unavailable: wait for the next retry.
      if (this.retryQueue.has(key)) return;
    }
  }
}

/** Whether a local session has a token from after a removal. */
const hasReturned = (session: Session | undefined, at: number): boolean =>
  session !== undefined && session.principal.issuedAt >= at;
