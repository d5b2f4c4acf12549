import { Inject, Injectable, Logger } from '@nestjs/common';
import { ProtocolError, type Role, type RoomId } from '@parley/protocol';
import { decide, grantedRole, type RoomAction, type RoomFacts } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import type { Bus } from '../bus/bus.js';
import { BUS } from '../bus/bus.tokens.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isDatabaseLost, orUnavailable } from '../database/database-errors.js';
import { FactCache } from './fact-cache.js';
import { type Admission, RoomAccess } from './room-access.js';
import { RoomsStore } from './rooms.store.js';

interface KnownRoom extends RoomFacts {
  readonly capacity: number | null;
}

/** What the gateway asks about rooms, from the database and from what was remembered of it. */
@Injectable()
export class PostgresRoomAccess extends RoomAccess {
  private readonly log = new Logger('RoomAccess');
  private readonly rooms = new FactCache<KnownRoom>();
  private readonly roles = new FactCache<Role | null>();

  constructor(
    private readonly store: RoomsStore,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(BUS) bus: Bus,
  ) {
    super();
    bus.onFact((fact) => {
      if (fact.fact === 'user_revoked') return;
      this.rooms.forget(fact.room);
      this.roles.forgetWhere((key) => key.startsWith(`${fact.room} `));
    });
    bus.onGap(() => this.forgetFreshness());
  }

  admit(principal: Principal, room: RoomId): Promise<Admission> {
    return this.permit(principal, 'room.join', room);
  }

  /** @throws ProtocolError as {@link RoomAccess.admit} */
  async permit(principal: Principal, action: RoomAction, id: RoomId): Promise<Admission> {
    const room = await this.room(principal, id);
    const membership = room === undefined || principal.kind === 'guest' ? undefined : await this.role(id, principal);
    const decision = decide(principal, action, { room, membership });
    if (!decision.allowed) throw new ProtocolError(decision.code);
    const most = this.config.limits.maxParticipantsPerRoom;
    return { role: decision.role, capacity: Math.min(room?.capacity ?? most, most) };
  }

  private room(principal: Principal, id: RoomId): Promise<KnownRoom | undefined> {
    const mayMake = principal.kind !== 'guest' && grantedRole(principal, id) !== undefined;
    return this.recall(this.rooms, id, async () => {
      const row = (await this.store.find(id)) ?? (mayMake ? await this.store.ensure(id) : undefined);
      return row === undefined ? undefined : pickFacts(row);
    });
  }

  private async role(id: RoomId, { user }: Principal): Promise<Role | undefined> {
    const role = await this.recall(
      this.roles,
      `${id} ${user}`,
      async () => (await this.store.membership(id, user)) ?? null,
    );
    return role ?? undefined;
  }

  /** @param ask undefined is not remembered: what is not there may be made a moment later */
  private async recall<T>(cache: FactCache<T>, key: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = cache.get(key);
    if (known?.fresh) return known.value;
    const keep = cache.begin(key);
    try {
      const answer = await ask();
      keep(answer);
      return answer;
    } catch (error) {
      if (known === undefined || !isDatabaseLost(error)) return orUnavailable(Promise.reject(error));
      this.log.warn('the database is away: rooms go by what is remembered of them');
      cache.trustAgain(key);
      return known.value;
    }
  }

  /** Facts may have been missed: what is remembered serves an outage only. */
  private forgetFreshness(): void {
    this.rooms.expireAll();
    this.roles.expireAll();
  }
}

const pickFacts = ({ id, owner, guestsAllowed, capacity }: KnownRoom): KnownRoom => ({
  id,
  owner,
  guestsAllowed,
  capacity,
});
