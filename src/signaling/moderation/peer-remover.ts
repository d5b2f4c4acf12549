import type { LeftReason, PeerId, RoomId, UserId } from '@parley/protocol';
import type { Presence } from '../../presence/presence.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { RoomLifecycle } from '../rooms/room-lifecycle.js';
import type { RosterSync } from '../rooms/roster-sync.js';
import type { RemovalCache } from './removal-cache.js';

const RETRY_MS = 250;
/** Removals that may wait for the store; beyond it the oldest are left to the tombstones and to reconciliation. */
const MAX_RETRIES = 1_000;

/** Removes a user's peers from a room: on this node at once, and in the store as soon as it is available. */
export class PeerRemover {
  private readonly retryQueue = new Map<string, () => Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly presence: Presence,
    private readonly local: { readonly rooms: RoomHub; readonly lifecycle: RoomLifecycle; readonly sync: RosterSync },
    private readonly removals: RemovalCache,
  ) {}

  /** Removes all peers of a user from a room, also those that are `away` or on other nodes. */
  async removeUser(room: RoomId, user: UserId, peers: readonly PeerId[]): Promise<void> {
    this.endLocal(room, user);
    await this.attempt(`${room} ${user}`, () => this.endStored(room, user, peers));
  }

  /** Removes one peer that was attached after its user had been removed. */
  async removePeer(room: RoomId, peer: PeerId): Promise<void> {
    await this.attempt(`${room} ${peer}`, () => this.end(room, peer, 'removed'));
  }

  /** Removes the `away` peers of a user from the rooms of this node. */
  async removeAwayPeers(user: UserId): Promise<void> {
    const lost = [...this.local.rooms.all].flatMap((room) =>
      [...room.members.values()]
        .filter((member) => member.user === user && member.state === 'away')
        .map(({ peer }) => ({ room: room.id, peer })),
    );
    for (const { room, peer } of lost) {
      this.removals.end(peer);
      await this.removePeer(room, peer);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.retryQueue.clear();
  }

  /** Removes the user's local peers and tells their clients; no longer in the room when this returns. */
  private endLocal(id: RoomId, user: UserId): void {
    const { rooms, lifecycle } = this.local;
    for (const [peer, { session }] of [...(rooms.get(id)?.local ?? [])]) {
      if (session.principal.user !== user) continue;
      this.removals.end(peer);
      session.send({ type: 'removed', room: id, peer, reason: 'removed' });
      void lifecycle.leave(session, id, 'removed').catch(() => this.removePeer(id, peer));
    }
  }

  private async endStored(id: RoomId, user: UserId, peers: readonly PeerId[]): Promise<void> {
    const { members } = await this.presence.snapshot(id);
    const theirs = members.filter((member) => member.user === user).map(({ peer }) => peer);
    for (const peer of new Set([...peers, ...theirs])) {
      this.removals.end(peer);
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
