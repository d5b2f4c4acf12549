import { ProtocolError, type Refused, type RoomId, type ServerMessage, type UserId } from '@parley/protocol';
import type { Moderation } from '../../rooms/moderation/moderation.js';
import type { RoomAccess } from '../../rooms/room-access.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { Session } from '../session/session.js';

const TICK_MS = 1_000;
/** How often a knock is renewed in the database while its client waits. */
const KEEP_MS = 30_000;

interface LobbyEntry {
  readonly session: Session;
  readonly room: RoomId;
  /** Id of the client's `join`, which its outcome names. */
  readonly join: string;
  renewedAt: number;
  /** A decision made before the client was sent `waiting`, which must come first. */
  outcome: ServerMessage | undefined;
  notified: boolean;
}

/** Tracks the clients of this node that wait to be admitted, and shows them to the moderators on this node. */
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

  /** Counts the rooms that a session waits for. */
  countOf(session: Session): number {
    return [...this.entries].filter((entry) => entry.session === session).length;
  }

  /**
   * Knocks, and answers the join with `waiting`. The entry is added first, as a moderator's answer may arrive before
   * the knock itself returns.
   * @throws ProtocolError `lobby_full`, `unavailable`
   */
  async enter(session: Session, room: RoomId, re: string): Promise<'waiting' | 'admitted'> {
    this.drop(session, room);
    const entry: LobbyEntry = { session, room, join: re, renewedAt: this.now(), outcome: undefined, notified: false };
    this.entries.add(entry);
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
    try {
      const result = await this.moderation.knock(session.principal, room, session.connection);
      if (result === 'admitted') {
        this.entries.delete(entry);
        return result;
      }
    } catch (error) {
      this.entries.delete(entry);
      throw error;
    }
    session.send({ type: 'waiting', re, room });
    entry.notified = true;
    if (entry.outcome !== undefined) session.send(entry.outcome);
    return 'waiting';
  }

  /** Withdraws a session's knock. */
  async leave(session: Session, room: RoomId): Promise<void> {
    if (this.drop(session, room)) await this.moderation.withdraw(room, session.principal.user, session.connection);
  }

  /** Admits or refuses a waiting user, as a moderator or a removal decided. */
  answered(room: RoomId, user: UserId, admitted: boolean, reason: Refused['reason'] = 'denied'): void {
    for (const entry of [...this.entries]) {
      if (entry.room !== room || entry.session.principal.user !== user) continue;
      this.settle(entry, admitted ? 'admitted' : reason);
    }
  }

  /** Refuses all clients that wait for a closed room. */
  closed(room: RoomId): void {
    for (const entry of [...this.entries]) {
      if (entry.room === room) this.settle(entry, 'room_closed');
    }
  }

  /** Admits the waiting users whom a room's changed settings let in. */
  async recheck(room: RoomId): Promise<void> {
    for (const entry of [...this.entries]) {
      if (entry.room !== room) continue;
      try {
        await this.access.admit(entry.session.principal, room, { mayCreate: false });
        this.settle(entry, 'admitted');
        await this.moderation.withdraw(room, entry.session.principal.user, entry.session.connection);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }
  }

  /** Sends the list of knocks to the moderators on this node. @param only one of them; default: all */
  async show(room: RoomId, only?: Session): Promise<void> {
    const moderators = this.moderatorsOf(room).filter((session) => only === undefined || session === only);
    if (moderators.length === 0) return;
    const knocks = await this.moderation.knocks(room);
    for (const session of moderators) if (session.rooms.has(room)) session.send({ type: 'knocking', room, knocks });
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private settle(entry: LobbyEntry, result: 'admitted' | Refused['reason']): void {
    this.entries.delete(entry);
    const { room, join } = entry;
    const outcome: ServerMessage =
      result === 'admitted' ? { type: 'admitted', room, join } : { type: 'refused', room, join, reason: result };
    if (entry.notified) entry.session.send(outcome);
    else entry.outcome = outcome;
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
    const found = [...this.entries].filter((entry) => entry.session === session && entry.room === room);
    for (const entry of found) this.entries.delete(entry);
    return found.length > 0;
  }

  private tick(): void {
    const now = this.now();
    for (const entry of [...this.entries]) {
      const { session, room } = entry;
      if (session.state === 'closed') {
        this.entries.delete(entry);
        void this.moderation.withdraw(room, session.principal.user, session.connection).catch(() => {});
      } else if (now - entry.renewedAt >= KEEP_MS) {
        entry.renewedAt = now;
        void this.moderation.keep(room, session.principal.user).catch(() => {});
      }
    }
    if (this.entries.size === 0) this.close();
  }
}
