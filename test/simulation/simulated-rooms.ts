import { ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { decide } from '../../src/auth/policy.js';
import type { Principal } from '../../src/auth/principal.js';
import { type Removal, RemovalLog } from '../../src/rooms/moderation/removal-log.js';
import { type Admission, type Entry, RoomAccess } from '../../src/rooms/room-access.js';
import { NoModeration } from '../support/memory-bridges.js';
import type { World } from './world.js';

/** The longest way of a question to the database, and of its answer, milliseconds. */
const WAY_MS = 4;

/** The database of a run: what no fault of the store touches. What is set here is committed at that moment. */
export class SimulatedRooms {
  readonly locked = new Set<string>();
  readonly deleted = new Set<string>();
  /** Rooms where a moderator must admit whoever is no member. */
  readonly lobbies = new Set<string>();
  /** Who waits: `room user` → the connection that knocked last. */
  readonly knocks = new Map<string, string>();
  private readonly admitted = new Set<string>();
  readonly removals: Removal[] = [];
  /** Called when somebody is about to be admitted. */
  whenAsked: (room: string, user: string) => void = () => {};
  /** Called when somebody waits in a lobby from now on. */
  whenKnocked: (room: string, user: string) => void = () => {};
  private readonly moderators = new Set<string>();
  private readonly banned = new Set<string>();

  constructor(private readonly world: World) {}

  /** @returns the removal as it was written down */
  remove(room: RoomId, user: UserId, ban: boolean): Removal {
    this.admitted.delete(`${room} ${user}`);
    this.knocks.delete(`${room} ${user}`);
    if (ban) this.banned.add(`${room} ${user}`);
    const removal = { id: this.removals.length + 1, room, user, at: Date.now(), peers: [] };
    this.removals.push(removal);
    return removal;
  }

  /** @returns false when the user does not wait any more */
  answer(room: string, user: string, admit: boolean): boolean {
    if (!this.knocks.delete(`${room} ${user}`)) return false;
    if (admit) this.admitted.add(`${room} ${user}`);
    return true;
  }

  unban(room: string, user: string): void {
    this.banned.delete(`${room} ${user}`);
  }

  isModerator(room: string, user: string): boolean {
    return this.moderators.has(`${room} ${user}`);
  }

  /** @returns the new role */
  setModerator(room: string, user: string, on: boolean): 'moderator' | 'member' {
    this.moderators[on ? 'add' : 'delete'](`${room} ${user}`);
    return on ? 'moderator' : 'member';
  }

  /** What is so while the question is there: the answer may be old when it arrives. */
  async ask<Answer>(read: () => Answer): Promise<Answer> {
    await this.way();
    const answer = read();
    await this.way();
    return answer;
  }

  /** What the policy must know of this user in this room. */
  attributes(room: string, user: string) {
    const record = {
      id: room,
      owner: 'owner',
      guestsAllowed: true,
      access: this.lobbies.has(room) ? 'lobby' : 'open',
      locked: this.locked.has(room),
    } as const;
    return {
      room: this.deleted.has(room) ? undefined : record,
      membership: this.isModerator(room, user) ? ('moderator' as const) : undefined,
      banned: this.banned.has(`${room} ${user}`),
      admitted: this.admitted.has(`${room} ${user}`),
      removedAt: this.removals.filter((one) => one.room === room && one.user === user).at(-1)?.at,
    };
  }

  private way(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.world.random.between(0, WAY_MS)));
  }
}

/** Asks the policy with what {@link SimulatedRooms} says. */
export class SimulatedAccess extends RoomAccess {
  constructor(private readonly database: SimulatedRooms) {
    super();
  }

  override async admit(principal: Principal, room: RoomId, _entry?: Entry): Promise<Admission> {
    this.database.whenAsked(room, principal.user);
    const attributes = await this.database.ask(() => this.database.attributes(room, principal.user));
    const decision = decide(principal, 'room.join', attributes);
    if (!decision.allowed) throw new ProtocolError(decision.code);
    return { role: decision.role, capacity: 100, ...(decision.returningOnly && { returningOnly: true }) };
  }
}

/** The lobby's part of moderation. */
export class SimulatedModeration extends NoModeration {
  constructor(private readonly database: SimulatedRooms) {
    super();
  }

  override knock({ user }: Principal, room: RoomId, holder: string): Promise<'waiting'> {
    return this.database.ask(() => {
      this.database.knocks.set(`${room} ${user}`, holder);
      this.database.whenKnocked(room, user);
      return 'waiting';
    });
  }

  override async withdraw(room: RoomId, user: UserId, holder: string): Promise<void> {
    const { knocks } = this.database;
    await this.database.ask(() => knocks.get(`${room} ${user}`) === holder && knocks.delete(`${room} ${user}`));
  }
}

/** What the poller reads there. */
export class SimulatedRemovalLog extends RemovalLog {
  constructor(private readonly database: SimulatedRooms) {
    super();
  }

  override recent(seconds: number): Promise<readonly Removal[]> {
    const since = Date.now() - seconds * 1000;
    return this.database.ask(() => this.database.removals.filter(({ at }) => at >= since));
  }

  override occupied(rooms: readonly RoomId[]): Promise<readonly RoomId[]> {
    return this.database.ask(() => rooms.filter((room) => this.database.deleted.has(room)));
  }
}
