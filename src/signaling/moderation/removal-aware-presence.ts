import type { ConnectionId, LeftReason, Meta, NodeId, PeerId, RoomId } from '@parley/protocol';
import type { AttachRequest, AttachResult, Change, HeldAttachment, Presence } from '../../presence/presence.js';
import type { RemovalCache } from './removal-cache.js';

/** Undoes an attach whose user was removed meanwhile. */
export interface JoinUndo {
  /** Publishes a change to all nodes of the room. */
  publish(change: Change | undefined): void;
  /** Ends the peer as soon as the store is available again. */
  retryRemoval(room: RoomId, peer: PeerId): void;
}

/**
 * Wraps presence so that no removed user stays attached. It undoes a join that was in flight when its user was
 * removed, by any node, and a peer attached again to a store that lost its tombstones.
 */
export class RemovalAwarePresence implements Presence {
  /** Set after construction, as its implementation needs this presence itself. */
  undo: JoinUndo | undefined;

  constructor(
    private readonly inner: Presence,
    private readonly removals: RemovalCache,
  ) {}

  get stats() {
    return this.inner.stats;
  }

  async attach(request: AttachRequest): Promise<AttachResult> {
    const { room, participant } = request;
    const { peer, user } = participant;
    if (this.removals.isEnded(peer)) return { kind: 'ended' };
    const checkpoint = this.removals.checkpoint();
    const result = await this.inner.attach(request);
    if (result.kind !== 'attached') return result;
    if (!this.removals.isEnded(peer) && !this.removals.removedSince(checkpoint, room, user)) return result;
    this.removals.end(peer);
    this.undo?.publish(result.change);
    try {
      this.undo?.publish(await this.inner.leave(room, peer, 'removed'));
    } catch {
      this.undo?.retryRemoval(room, peer);
    }
    return { kind: 'ended' };
  }

  detach(room: RoomId, peer: PeerId, connection: ConnectionId): Promise<Change | undefined> {
    return this.inner.detach(room, peer, connection);
  }

  leave(room: RoomId, peer: PeerId, reason: LeftReason, attempt?: number): Promise<Change | undefined> {
    return this.inner.leave(room, peer, reason, attempt);
  }

  update(room: RoomId, peer: PeerId, connection: ConnectionId, meta: Meta): Promise<Change | undefined> {
    return this.inner.update(room, peer, connection, meta);
  }

  count(room: RoomId): Promise<number> {
    return this.inner.count(room);
  }

  snapshot(room: RoomId) {
    return this.inner.snapshot(room);
  }

  clear(room: RoomId, reason: LeftReason): Promise<Change | undefined> {
    return this.inner.clear(room, reason);
  }

  reconcile(room: RoomId, node: NodeId, held: readonly HeldAttachment[]) {
    return this.inner.reconcile(room, node, held);
  }

  renew(node: NodeId): Promise<'alive' | 'dead'> {
    return this.inner.renew(node);
  }

  retire(node: NodeId): Promise<readonly Change[]> {
    return this.inner.retire(node);
  }

  nodes(): Promise<readonly NodeId[]> {
    return this.inner.nodes();
  }

  sweep(): Promise<readonly Change[]> {
    return this.inner.sweep();
  }

  get available(): boolean {
    return this.inner.available;
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
