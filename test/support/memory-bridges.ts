import { type Knock, type PeerId, ProtocolError, type RoomId, type RoomState, type UserId } from '@parley/protocol';
import { decide, type RoomAttributes } from '../../src/auth/policy.js';
import type { Principal } from '../../src/auth/principal.js';
import type { Bus } from '../../src/bus/bus.js';
import type { Actor } from '../../src/rooms/moderation/actor.js';
import type { Rights } from '../../src/rooms/moderation/members.service.js';
import { Moderation } from '../../src/rooms/moderation/moderation.js';
import { type Removal, RemovalLog } from '../../src/rooms/moderation/removal-log.js';
import { type Admission, type Entry, RoomAccess } from '../../src/rooms/room-access.js';

/** A server without moderation: whatever only looks finds nothing, whatever acts is refused. */
export class NoModeration extends Moderation {
  override kick(_by: Actor, _room: RoomId, _peer: PeerId, _how: { ban: boolean; reason?: string }): Promise<void> {
    return Promise.reject(new ProtocolError('forbidden'));
  }
  override mute(): Promise<void> {
    return Promise.reject(new ProtocolError('forbidden'));
  }
  override permit(_by: Actor, _room: RoomId, _peer: PeerId, _rights: Rights): Promise<void> {
    return Promise.reject(new ProtocolError('forbidden'));
  }
  override lock(): Promise<void> {
    return Promise.reject(new ProtocolError('forbidden'));
  }
  override answer(): Promise<void> {
    return Promise.reject(new ProtocolError('forbidden'));
  }
  override knock(_principal: Principal, _room: RoomId, _holder: string): Promise<'waiting'> {
    return Promise.reject(new ProtocolError('forbidden'));
  }
  override async withdraw(_room: RoomId, _user: UserId, _holder: string): Promise<void> {}
  override async keep(): Promise<void> {}
  override async knocks(): Promise<readonly Knock[]> {
    return [];
  }
  override async state(): Promise<RoomState | undefined> {
    return undefined;
  }
}

/** Nobody was ever removed, and no room has ended. */
export class NoRemovals extends RemovalLog {
  override async recent(_seconds: number): Promise<readonly Removal[]> {
    return [];
  }
  override async occupied(): Promise<readonly RoomId[]> {
    return [];
  }
}

/** The database of several nodes in one process: who is banned, who was put out, and when that was committed. */
export class MemoryDatabase {
  readonly banned = new Set<string>();
  readonly removals: Removal[] = [];
  /** One turn of the event loop after another, as a query takes. */
  latencyTicks = () => 0;

  async read(room: RoomId, user: UserId): Promise<{ banned: boolean; removal: Removal | undefined }> {
    await this.wait();
    const removal = this.removals.filter((one) => one.room === room && one.user === user).at(-1);
    const answer = { banned: this.banned.has(`${room} ${user}`), removal };
    await this.wait();
    return answer;
  }

  async commit(removal: Omit<Removal, 'id'>, ban: boolean): Promise<void> {
    await this.wait();
    if (ban) this.banned.add(`${removal.room} ${removal.user}`);
    this.removals.push({ ...removal, id: this.removals.length + 1 });
    await this.wait();
  }

  private async wait(): Promise<void> {
    for (let turns = this.latencyTicks(); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

const events = (id: string): RoomAttributes => ({
  id,
  owner: 'owner',
  guestsAllowed: true,
  access: 'open',
  locked: false,
});

/** Asks the policy with what {@link MemoryDatabase} says. */
export class MemoryAccess extends RoomAccess {
  constructor(private readonly database: MemoryDatabase) {
    super();
  }

  override async admit(principal: Principal, room: RoomId, { peer }: Entry = {}): Promise<Admission> {
    const { banned, removal } = await this.database.read(room, principal.user);
    const decision = decide(principal, 'room.join', {
      ...{ room: events(room), membership: undefined, banned },
      removedAt: removal?.at,
    });
    if (!decision.allowed) throw new ProtocolError(decision.code);
    if (peer !== undefined && removal?.peers.includes(peer)) throw new ProtocolError('session_ended');
    return { role: decision.role, capacity: 1_000 };
  }
}

/** Puts people out as the server does: the database first, then every node. */
export class MemoryModeration extends NoModeration {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly bus: Bus,
  ) {
    super();
  }

  /** @param peer here: the user's own id, whatever peers they have */
  override async kick(_by: Actor, room: RoomId, peer: PeerId, { ban }: { ban: boolean }): Promise<void> {
    const user = peer as string as UserId;
    const at = Date.now();
    await this.database.commit({ room, user, at, peers: [] }, ban);
    await this.bus.publish({ fact: 'user_removed', room, user, at, peers: [] });
  }

  override async permit(_by: Actor, room: RoomId, peer: PeerId, _rights: Rights): Promise<void> {
    await this.bus.publish({ fact: 'member_changed', room, user: peer as string as UserId });
  }
}

/** Reads who was put out, as a node does that may not have heard it. */
export class MemoryRemovalLog extends NoRemovals {
  constructor(private readonly database: MemoryDatabase) {
    super();
  }

  override async recent(seconds: number): Promise<readonly Removal[]> {
    return this.database.removals.filter(({ at }) => at >= Date.now() - seconds * 1000);
  }
}
