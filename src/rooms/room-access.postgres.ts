import { Inject, Injectable, Logger } from '@nestjs/common';
import { ProtocolError, type RoomId, type RoomState } from '@parley/protocol';
import { type Decision, decide, grantAllowsGuests, mayCreateByGrant } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import type { Bus, ClusterEvent } from '../bus/bus.js';
import { BUS } from '../bus/bus.tokens.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isDatabaseLost, orUnavailable } from '../database/database-errors.js';
import { InvitesStore } from './moderation/invites.store.js';
import { type Admission, type Entry, RoomAccess } from './room-access.js';
import { NO_STANDING, type RoomStandings, type Standing, StandingStore } from './room-access-records.store.js';
import { type KnownRoom, KnownRoomsStore } from './room-records.store.js';
import { FactCache } from './stale-cache.js';

interface Asked {
  readonly room: KnownRoom | undefined;
  readonly standing: Standing | undefined;
  readonly decision: Decision;
}

/** For so long after a gap facts may go to nodes that the bus knows, and this one be none of them yet. */
const DOUBT_MS = 15_000;
/** That somebody is not banned is believed for a second, and no longer than until a fact says otherwise. */
const STANDING = { freshMs: 1_000, staleMs: 600_000, againMs: 2_000, most: 20_000 };
/** Of everybody in a room, for those who come within that second. Of a room with many it is remembered that they are. */
const WHOLE = { freshMs: 1_000, staleMs: 60_000, againMs: 0, most: 5_000 };

/** What the gateway asks about rooms, from the database and from what was remembered of it. */
@Injectable()
export class PostgresRoomAccess extends RoomAccess {
  private readonly log = new Logger('RoomAccess');
  private readonly rooms = new FactCache<KnownRoom>();
  private readonly standings = new FactCache<Standing>(STANDING);
  private readonly wholes = new FactCache<RoomStandings>(WHOLE);
  private doubtUntil = 0;

  constructor(
    private readonly store: KnownRoomsStore,
    private readonly standing: StandingStore,
    private readonly invites: InvitesStore,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(BUS) private readonly bus: Bus,
  ) {
    super();
    bus.onEvent((event) => this.forget(event));
    bus.onGap(() => this.forgetFreshness());
  }

  override get remembered(): number {
    return this.rooms.size + this.standings.size + this.wholes.size;
  }

  async admit(principal: Principal, id: RoomId, entry: Entry = {}): Promise<Admission> {
    let asked = await this.ask(principal, id);
    if (!asked.decision.allowed && entry.invite !== undefined && isDoor(asked.decision.code)) {
      await orUnavailable(this.invites.accept(principal, entry.invite, id));
      this.forgetStanding(id, principal.user);
      asked = await this.ask(principal, id);
    }
    const { room, standing, decision } = asked;
    if (!decision.allowed || room === undefined) {
      throw new ProtocolError(decision.allowed ? 'room_not_found' : decision.code);
    }
    if (entry.peer !== undefined && standing?.endedPeers.includes(entry.peer)) throw new ProtocolError('session_ended');
    const state = this.describe(room);
    return {
      role: decision.role,
      capacity: state.capacity,
      state,
      ...(decision.returningOnly && { returningOnly: true }),
      ...(standing?.mayPublish === false && { publish: false }),
      ...(standing?.mayChat === false && { chat: false }),
    };
  }

  private async ask(principal: Principal, id: RoomId): Promise<Asked> {
    const room = await this.room(principal, id);
    const judge = (standing: Standing | undefined): Asked => ({
      room,
      standing,
      decision: decide(principal, 'room.join', { membership: undefined, ...standing, room }),
    });
    if (room === undefined) return judge(undefined);
    // What no standing changes is refused after the same question as a room that does not exist.
    const first = judge(NO_STANDING);
    if (principal.kind === 'guest' && !first.decision.allowed && first.decision.code === 'room_not_found') return first;
    const known = this.knownStanding(id, principal.user);
    const asked = known === undefined ? undefined : judge(known);
    // Nobody is refused by what was asked for others: somebody may have let them in since.
    return asked?.decision.allowed ? asked : judge(await this.standingOf(id, principal.user));
  }

  private describe({ id, name, access, locked, capacity, metadata }: KnownRoom): RoomState {
    const most = this.config.limits.maxParticipantsPerRoom;
    const room = id as RoomId;
    return { type: 'room', room, name, access, locked, capacity: Math.min(capacity ?? most, most), metadata };
  }

  private room(principal: Principal, id: RoomId): Promise<KnownRoom | undefined> {
    const mayMake = mayCreateByGrant(principal, id);
    return this.recall(
      this.rooms,
      id,
      async () => (await this.store.find(id)) ?? (mayMake ? this.make(id, principal) : undefined),
    );
  }

  /** @throws ProtocolError `too_many_rooms` */
  private async make(id: string, principal: Principal): Promise<KnownRoom> {
    const made = await this.store.make(id, principal.user, grantAllowsGuests(principal, id));
    if (made === undefined) {
      throw new ProtocolError('too_many_rooms', `A user's grants may make ${this.config.rooms.mostGranted} rooms.`);
    }
    return made;
  }

  /** What was asked when somebody else came within this second. */
  private knownStanding(id: RoomId, user: string): Standing | undefined {
    const whole = this.wholes.get(id);
    if (!whole?.fresh || whole.value === 'many' || !this.hears) return undefined;
    const standing = ofUser(whole.value, user);
    this.standings.keepStale(keyOf(id, user), standing);
    return standing;
  }

  private standingOf(id: RoomId, user: string): Promise<Standing | undefined> {
    const whole = this.wholes.get(id);
    const alone = () => this.standing.find(id, user);
    const withOthers = async () => {
      const keep = this.wholes.begin(id);
      const all = await this.standing.inRoom(id);
      keep(all);
      return all === 'many' ? alone() : ofUser(all, user);
    };
    const ask = whole?.fresh || whole?.value === 'many' ? alone : withOthers;
    return this.recall(this.standings, keyOf(id, user), ask, this.hears);
  }

  /** A node that may not hear who is put out believes nothing of a moment ago. */
  private get hears(): boolean {
    return this.bus.available && Date.now() >= this.doubtUntil;
  }

  /** @param ask undefined is not remembered: what is not there may be made a moment later */
  private async recall<T>(
    cache: FactCache<T>,
    key: string,
    ask: () => Promise<T | undefined>,
    trust = true,
  ): Promise<T | undefined> {
    const known = cache.get(key);
    if (known?.fresh && trust) return known.value;
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

  private forget(event: ClusterEvent): void {
    switch (event.fact) {
      case 'room_changed':
      case 'room_closed':
        this.rooms.forget(event.room);
        this.standings.forgetWhere((key) => key.startsWith(`${event.room} `));
        this.wholes.forget(event.room);
        return;
      case 'user_removed':
      case 'member_changed':
      case 'knock_answered':
        this.forgetStanding(event.room, event.user);
        return;
    }
  }

  private forgetStanding(room: string, user: string): void {
    this.standings.forget(keyOf(room, user));
    this.wholes.forget(room);
  }

  /** Facts may have been missed: what is remembered serves an outage only. */
  private forgetFreshness(): void {
    this.doubtUntil = Date.now() + DOUBT_MS;
    this.rooms.expireAll();
    this.standings.expireAll();
    this.wholes.expireAll();
  }
}

/** What an invite opens. */
const isDoor = (code: string): boolean => code === 'invite_required' || code === 'admission_required';

const keyOf = (room: string, user: string): string => `${room} ${user}`;

const ofUser = (all: Exclude<RoomStandings, 'many'>, user: string): Standing => all.get(user) ?? NO_STANDING;
