import { ProtocolError, type Refused, type RoomId, type ServerMessage, type UserId } from '@parley/protocol';
import type { Moderation } from '../../rooms/moderation/moderation.js';
import type { RoomAccess } from '../../rooms/room-access.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { Session } from '../session/session.js';

const TICK_MS = 1_000;
/** How often the database hears that a knock still has somebody behind it. */
const KEEP_MS = 30_000;

interface LobbyEntry {
  readonly session: Session;
  readonly room: RoomId;
  renewedAt: number;
  /** What was decided before the client was told that it waits. */
  outcome: ServerMessage | undefined;
  notified: boolean;
}

/** Who waits on this node to be let into a room, and what the moderators on this node see of it. */
export class Lobby {
  private readonly entries = new Set<LobbyEntry>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly moderation: Moderation,
    private readonly access: RoomAccess,
    private readonly rooms: RoomHub,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** How many rooms a session waits for. */
  countOf(session: Session): number {
    return [...this.entries].filter((waiter) => waiter.session === session).length;
  }

  /**
   * Knocks, and answers the join with `waiting`. The place is taken before: an answer may be faster than the knock's
   * own return.
   * @throws ProtocolError `lobby_full`, `unavailable`
   */
  async enter(session: Session, room: RoomId, re: string): Promise<'waiting' | 'admitted'> {
    this.drop(session, room);
    const waiter: LobbyEntry = { session, room, renewedAt: this.now(), outcome: undefined, notified: false };
    this.entries.add(waiter);
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
    try {
      const result = await this.moderation.knock(session.principal, room, session.connection);
      if (result === 'admitted') {
        this.entries.delete(waiter);
        return result;
      }
    } catch (error) {
      this.entries.delete(waiter);
      throw error;
    }
    session.send({ type: 'waiting', re, room });
    waiter.notified = true;
    if (waiter.outcome !== undefined) session.send(waiter.outcome);
    return 'waiting';
  }

  /** The client waits no more. */
  async leave(session: Session, room: RoomId): Promise<void> {
    if (this.drop(session, room)) await this.moderation.withdraw(room, session.principal.user, session.connection);
  }

  /** A moderator's word, or that of what keeps the user out. */
  answered(room: RoomId, user: UserId, admitted: boolean, reason: Refused['reason'] = 'denied'): void {
    for (const waiter of [...this.entries]) {
      if (waiter.room !== room || waiter.session.principal.user !== user) continue;
      this.settle(waiter, admitted ? { type: 'admitted', room } : { type: 'refused', room, reason });
    }
  }

  /** The room is over. */
  closed(room: RoomId): void {
    for (const waiter of [...this.entries]) {
      if (waiter.room === room) this.settle(waiter, { type: 'refused', room, reason: 'room_closed' });
    }
  }

  /** The room has other rules: who waits may come in by them. */
  async recheck(room: RoomId): Promise<void> {
    for (const waiter of [...this.entries]) {
      if (waiter.room !== room) continue;
      try {
        await this.access.admit(waiter.session.principal, room);
        this.settle(waiter, { type: 'admitted', room });
        await this.moderation.withdraw(room, waiter.session.principal.user, waiter.session.connection);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }
  }

  /** Tells the moderators on this node who waits; one of them, or all. */
  async show(room: RoomId, only?: Session): Promise<void> {
    const watchers = this.moderatorsOf(room).filter((session) => only === undefined || session === only);
    if (watchers.length === 0) return;
    const knocks = await this.moderation.knocks(room);
    for (const session of watchers) if (session.rooms.has(room)) session.send({ type: 'knocking', room, knocks });
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private settle(waiter: LobbyEntry, outcome: ServerMessage): void {
    this.entries.delete(waiter);
    if (waiter.notified) waiter.session.send(outcome);
    else waiter.outcome = outcome;
  }

  private moderatorsOf(room: RoomId): Session[] {
    return [...(this.rooms.get(room)?.local ?? [])]
      .filter(([peer]) => {
        const role = this.rooms.binding(peer)?.participant.role;
        return role === 'owner' || role === 'moderator';
      })
      .map(([, { session }]) => session);
  }

  private drop(session: Session, room: RoomId): boolean {
    const found = [...this.entries].filter((waiter) => waiter.session === session && waiter.room === room);
    for (const waiter of found) this.entries.delete(waiter);
    return found.length > 0;
  }

  private tick(): void {
    const now = this.now();
    for (const waiter of [...this.entries]) {
      const { session, room } = waiter;
      if (session.state === 'closed') {
        this.entries.delete(waiter);
        void this.moderation.withdraw(room, session.principal.user, session.connection).catch(() => {});
      } else if (now - waiter.renewedAt >= KEEP_MS) {
        waiter.renewedAt = now;
        void this.moderation.keep(room, session.principal.user).catch(() => {});
      }
    }
    if (this.entries.size === 0) this.close();
  }
}
