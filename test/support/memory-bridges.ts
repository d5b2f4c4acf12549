import { type Knock, type PeerId, ProtocolError, type RoomId, type RoomState, type UserId } from '@parley/protocol';
import { decide, type RoomAttributes } from '../../src/auth/policy.js';
import type { Principal } from '../../src/auth/principal.js';
import type { Bus } from '../../src/bus/bus.js';
import type { Actor } from '../../src/rooms/moderation/actor.js';
import type { Rights } from '../../src/rooms/moderation/members.service.js';
import { Moderation } from '../../src/rooms/moderation/moderation.js';
import { type Removal, RemovalLog } from '../../src/rooms/moderation/removal-log.js';
import { type Admission, type Entry, RoomAccess } from '../../src/rooms/room-access.js';

/** A server without moderation: queries find nothing, actions are refused. */
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

/** A removal log without entries. */
export class NoRemovals extends RemovalLog {
  override async recent(_seconds: number): Promise<readonly Removal[]> {
    return [];
  }
  override async occupied(): Promise<readonly RoomId[]> {
    return [];
  }
}

/** The database of several nodes in one process: bans and removals, with the time of their commit. */
export class MemoryDatabase {
  readonly banned = new Set<string>();
  readonly removals: Removal[] = [];
  /** Waits for some turns of the event loop, like a query. */
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

const attributesOf = (id: string): RoomAttributes => ({
  id,
  owner: 'owner',
  guestsAllowed: true,
  access: 'open',
  locked: false,
});

/** Asks the policy with the state of a {@link MemoryDatabase}. */
export class MemoryAccess extends RoomAccess {
  constructor(private readonly database: MemoryDatabase) {
    super();
  }

  override async admit(principal: Principal, room: RoomId, { peer }: Entry = {}): Promise<Admission> {
    const { banned, removal } = await this.database.read(room, principal.user);
    const decision = decide(principal, 'room.join', {
      ...{ room: attributesOf(room), membership: undefined, banned },
      removedAt: removal?.at,
    });
    if (!decision.allowed) throw new ProtocolError(decision.code);
    if (peer !== undefined && removal?.peers.includes(peer)) throw new ProtocolError('session_ended');
    return { role: decision.role, capacity: 1_000 };
  }
}

/** Removes users as the server does: first in the database, then on every node. */
export class MemoryModeration extends NoModeration {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly bus: Bus,
  ) {
    super();
  }

  /** @param peer in this double, the id of the user, who may have any peers */
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

/** Reads removals, like a node that may have missed the event. */
export class MemoryRemovalLog extends NoRemovals {
  constructor(private readonly database: MemoryDatabase) {
    super();
  }

  override async recent(seconds: number): Promise<readonly Removal[]> {
    return this.database.removals.filter(({ at }) => at >= Date.now() - seconds * 1000);
  }
}
