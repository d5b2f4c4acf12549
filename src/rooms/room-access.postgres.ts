import { Inject, Injectable, Logger } from '@nestjs/common';
import { ProtocolError, type RoomId } from '@parley/protocol';
import { type Decision, decide, grantAllowsGuests, mayCreateByGrant } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import { refusalOf } from '../auth/refusal.js';
import type { Bus, ClusterEvent } from '../bus/bus.js';
import { BUS } from '../bus/bus.tokens.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isDatabaseLost, orUnavailable } from '../database/database-errors.js';
import { InvitesStore } from './moderation/invites.store.js';
import { type Admission, type Entry, RoomAccess } from './room-access.js';
import {
  NO_ACCESS_RECORD,
  type RoomAccessRecord,
  type RoomAccessRecords,
  RoomAccessRecordsStore,
} from './room-access-records.store.js';
import { type RoomRecord, RoomRecordsStore } from './room-records.store.js';
import { roomStateOf } from './room-state.js';
import { StaleCache } from './stale-cache.js';

interface AccessAnswer {
  readonly room: RoomRecord | undefined;
  /** False: the room is the one that the join would create. */
  readonly exists: boolean;
  readonly record: RoomAccessRecord | undefined;
  readonly decision: Decision;
}

/** How long after a gap in the bus this node may still miss cluster events, until publishers know its subscription. */
const DOUBT_MS = 15_000;
/** A user's record is fresh for one second, or until a cluster event invalidates it. */
const ACCESS_RECORD = { freshMs: 1_000, staleMs: 600_000, retryMs: 2_000, max: 20_000 };
/** All records of a room, for users who join within the same second; or only that there are too many. */
const WHOLE = { freshMs: 1_000, staleMs: 60_000, retryMs: 0, max: 5_000 };

/** Decides admission from PostgreSQL, with a cache that is served stale while the database is unavailable. */
@Injectable()
export class PostgresRoomAccess extends RoomAccess {
  private readonly log = new Logger('RoomAccess');
  private readonly rooms = new StaleCache<RoomRecord>();
  private readonly records = new StaleCache<RoomAccessRecord>(ACCESS_RECORD);
  private readonly wholes = new StaleCache<RoomAccessRecords>(WHOLE);
  private doubtUntil = 0;

  constructor(
    private readonly store: RoomRecordsStore,
    private readonly recordsStore: RoomAccessRecordsStore,
    private readonly invites: InvitesStore,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(BUS) private readonly bus: Bus,
  ) {
    super();
    bus.onEvent((event) => this.forget(event));
    bus.onGap(() => this.forgetFreshness());
  }

  override get cacheEntries(): number {
    return this.rooms.size + this.records.size + this.wholes.size;
  }

  async admit(principal: Principal, id: RoomId, entry: Entry = {}): Promise<Admission> {
    const mayCreate = entry.mayCreate !== false && mayCreateByGrant(principal, id);
    let asked = await this.ask(principal, id, mayCreate);
    if (!asked.decision.allowed && entry.invite !== undefined && isJoinRefusal(asked.decision.code)) {
      await orUnavailable(this.invites.accept(principal, entry.invite, id));
      this.forgetRecord(id, principal.user);
      asked = await this.ask(principal, id, false);
    }
    const { record } = asked;
    let { room, role, returningOnly } = allowed(principal, asked);
    if (entry.peer !== undefined && record?.endedPeers.includes(entry.peer)) throw new ProtocolError('session_ended');
    if (!asked.exists) {
      // Last, so that a refused join creates nothing. Another user's join may have created the room meanwhile.
      const made = await this.make(id, principal);
      ({ room, role, returningOnly } = allowed(principal, judge(principal, made, record)));
    }
    const state = roomStateOf(room, this.config.limits);
    return {
      role,
      capacity: state.capacity,
      maxPeersPerUser: this.config.rooms.maxPeersPerUser,
      state,
      ...(returningOnly && { returningOnly: true }),
      ...(record?.mayPublish === false && { publish: false }),
      ...(record?.mayChat === false && { chat: false }),
    };
  }

  /** @param mayCreate decide on a room that does not exist as on the one that the principal's join would create */
  private async ask(principal: Principal, id: RoomId, mayCreate: boolean): Promise<AccessAnswer> {
    const found = await this.recall(this.rooms, id, () => this.store.find(id));
    const room = found ?? (mayCreate ? newRoom(principal, id) : undefined);
    const answer = await this.askOf(principal, id, room);
    return { ...answer, exists: found !== undefined };
  }

  private async askOf(principal: Principal, id: RoomId, room: RoomRecord | undefined): Promise<AccessAnswer> {
    if (room === undefined) return judge(principal, room, undefined);
    // Refused whatever the user's record says: no second query, so that timing does not tell it from a missing room.
    const first = judge(principal, room, NO_ACCESS_RECORD);
    if (principal.kind === 'guest' && !first.decision.allowed && first.decision.code === 'room_not_found') return first;
    const cached = this.cachedRecord(id, principal.user);
    const asked = cached === undefined ? undefined : judge(principal, room, cached);
    // A refusal is never taken from another user's query: the user may have been admitted since.
    return asked?.decision.allowed ? asked : judge(principal, room, await this.recordOf(id, principal.user));
  }

  /** @throws ProtocolError `too_many_rooms` */
  private async make(id: string, principal: Principal): Promise<RoomRecord> {
    const keep = this.rooms.begin(id);
    const made = await orUnavailable(this.store.make(id, principal.user, grantAllowsGuests(principal, id)));
    if (made === undefined) {
      throw new ProtocolError(
        'too_many_rooms',
        `A user's grants may create at most ${this.config.rooms.maxGranted} rooms.`,
      );
    }
    keep(made);
    return made;
  }

  /** The record from another user's query within the last second. */
  private cachedRecord(id: RoomId, user: string): RoomAccessRecord | undefined {
    const whole = this.wholes.get(id);
    if (!whole?.fresh || whole.value === 'many' || !this.isConnected) return undefined;
    const record = ofUser(whole.value, user);
    this.records.keepStale(keyOf(id, user), record);
    return record;
  }

  private recordOf(id: RoomId, user: string): Promise<RoomAccessRecord | undefined> {
    const whole = this.wholes.get(id);
    const alone = () => this.recordsStore.find(id, user);
    const withOthers = async () => {
      const keep = this.wholes.begin(id);
      const all = await this.recordsStore.inRoom(id);
      keep(all);
      return all === 'many' ? alone() : ofUser(all, user);
    };
    const ask = whole?.fresh || whole?.value === 'many' ? alone : withOthers;
    return this.recall(this.records, keyOf(id, user), ask, this.isConnected);
  }

  /** While this node may miss removals, no cached record counts as fresh. */
  private get isConnected(): boolean {
    return this.bus.available && Date.now() >= this.doubtUntil;
  }

  /** @param ask `undefined` is not cached: a missing room may be created at any time */
  private async recall<T>(
    cache: StaleCache<T>,
    key: string,
    ask: () => Promise<T | undefined>,
    trust = true,
  ): Promise<T | undefined> {
    const cached = cache.get(key);
    if (cached?.fresh && trust) return cached.value;
    const keep = cache.begin(key);
    try {
      const answer = await ask();
      keep(answer);
      return answer;
    } catch (error) {
      if (cached === undefined || !isDatabaseLost(error)) return orUnavailable(Promise.reject(error));
      this.log.warn('Database unavailable; admitting to rooms from cached data of at most 10 minutes ago.');
      cache.extend(key);
      return cached.value;
    }
  }

  private forget(event: ClusterEvent): void {
    switch (event.fact) {
      case 'room_changed':
      case 'room_closed':
        this.rooms.forget(event.room);
        this.records.forgetWhere((key) => key.startsWith(`${event.room} `));
        this.wholes.forget(event.room);
        return;
      case 'user_removed':
      case 'member_changed':
      case 'knock_answered':
        this.forgetRecord(event.room, event.user);
        return;
    }
  }

  private forgetRecord(room: string, user: string): void {
    this.records.forget(keyOf(room, user));
    this.wholes.forget(room);
  }

  /** Cluster events may have been missed: cached data now serves outages only. */
  private forgetFreshness(): void {
    this.doubtUntil = Date.now() + DOUBT_MS;
    this.rooms.expireAll();
    this.records.expireAll();
    this.wholes.expireAll();
  }
}

const judge = (
  principal: Principal,
  room: RoomRecord | undefined,
  record: RoomAccessRecord | undefined,
): AccessAnswer => ({
  ...{ room, record, exists: room !== undefined },
  decision: decide(principal, 'room.join', { membership: undefined, ...record, room }),
});

/** @throws ProtocolError the code of a refusal */
const allowed = (principal: Principal, { room, record, decision }: AccessAnswer) => {
  if (decision.allowed && room !== undefined) return { ...decision, room };
  if (decision.allowed) throw new ProtocolError('room_not_found');
  throw refusalOf(decision.code, principal, record?.removedAt);
};

/** The room that a user's grant would create: as in `RoomRecordsStore.make`. */
const newRoom = (principal: Principal, id: string): RoomRecord => ({
  ...{ id, owner: null, guestsAllowed: grantAllowsGuests(principal, id), access: 'open', locked: false },
  ...{ name: id, capacity: null, metadata: {} },
});

/** Whether an invite can lift this refusal. */
const isJoinRefusal = (code: string): boolean => code === 'invite_required' || code === 'admission_required';

const keyOf = (room: string, user: string): string => `${room} ${user}`;

const ofUser = (all: Exclude<RoomAccessRecords, 'many'>, user: string): RoomAccessRecord =>
  all.get(user) ?? NO_ACCESS_RECORD;
