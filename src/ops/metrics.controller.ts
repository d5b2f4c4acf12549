import { Controller, Get, Header, Inject, Optional } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { PasswordHasher } from '../auth/password-hasher.js';
import { policyCounts } from '../auth/policy-counts.js';
import { Public } from '../auth/public.js';
import { BridgeHost } from '../bridges/bridge-host.js';
import type { Bus } from '../bus/bus.js';
import type { BusStats } from '../bus/bus.stats.js';
import { BUS } from '../bus/bus.tokens.js';
import { DatabaseConnection } from '../database/database-connection.js';
import { NameRouter } from '../names/name-router.js';
import type { NameRouterStats } from '../names/name-router.stats.js';
import type { Presence } from '../presence/presence.js';
import type { PresenceStats } from '../presence/presence.stats.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { LocalRateLimiter, RateLimiter } from '../rate-limit/rate-limiter.js';
import { REDIS } from '../redis/redis.tokens.js';
import type { RedisClient } from '../redis/redis-client.js';
import { RoomAccess } from '../rooms/room-access.js';
import { RoomExpiry } from '../rooms/room-expiry.js';
import { RetentionStore } from '../scheduler/retention.store.js';
import { Scheduler } from '../scheduler/scheduler.js';
import { AdmissionGuard } from '../signaling/moderation/admission-guard.js';
import { RoomHub } from '../signaling/rooms/room-hub.js';
import { SessionRegistry } from '../signaling/session/session-registry.js';
import { SignalingStats } from '../signaling/signaling-stats.js';
import type { Topics } from '../topics/topics.js';
import { TOPICS } from '../topics/topics.tokens.js';
import { ConnectionQuota } from '../websocket/connection-quota.js';

const COUNTERS: Readonly<Record<keyof SignalingStats, string>> = {
  frames: 'Frames handled.',
  signalsLocal: 'Signals and acknowledgements delivered to a peer on this node.',
  signalsRemote: 'Signals and acknowledgements queued for another node.',
  signalsRefused: 'Signals refused because the bus was unavailable or its batch was full.',
  undeliverable: 'Signals from other nodes for peers that are not on this node.',
  broadcasts: 'Broadcasts accepted.',
  chats: 'Chat messages stored.',
  joins: 'Peers that joined a room.',
  resumes: 'Peers that resumed in a room.',
  internalErrors: 'Unexpected errors in message handlers.',
  invalidNodeMessages: 'Messages between nodes that could not be decoded.',
  rosterSnapshots: 'Snapshots requested because a roster had a gap.',
};

const NAME_COUNTERS: Readonly<Record<keyof NameRouterStats, string>> = {
  sent: 'Messages delivered to the holder of a name.',
  queued: 'Messages queued for a name that no client holds yet.',
  refused: 'Messages to names that could not be delivered or queued.',
  expired: 'Senders notified that their queued message expired.',
  taken: 'Claims refused because another client holds the name.',
  takeovers: 'Names taken over by another socket of the same owner.',
  invalidMessages: 'Messages between nodes about names that could not be decoded.',
};

const BUS_COUNTERS: Readonly<Record<keyof BusStats, string>> = {
  batchesSent: 'Batches published to other nodes.',
  messagesSent: 'Messages in published batches.',
  messagesDropped: 'Messages not sent: the bus was unavailable, its batch was full, or a PUBLISH failed.',
  messagesReceived: 'Messages received from other nodes.',
  invalidMessages: 'Payloads received on the bus that could not be decoded.',
  resubscriptions: 'Subscriptions made after the first one.',
};

const PRESENCE_COUNTERS: Readonly<Record<keyof PresenceStats, string>> = {
  commands: 'Operations requested from the presence store.',
  failures: 'Operations that the presence store did not complete.',
};

/** Prometheus metrics, text format 0.0.4. The core only counts; names and help live here. */
@ApiExcludeController()
@Public()
@Controller('metrics')
export class MetricsController {
  private readonly registry = new Registry();

  constructor(
    stats: SignalingStats,
    sessions: SessionRegistry,
    rooms: RoomHub,
    admissions: AdmissionGuard,
    @Inject(PRESENCE) presence: Presence,
    @Inject(BUS) bus: Bus,
    quota: ConnectionQuota,
    rates: RateLimiter,
    limiters: LocalRateLimiter,
    bridges: BridgeHost,
    @Inject(TOPICS) topics: Topics,
    expiry: RoomExpiry,
    access: RoomAccess,
    pruning: RetentionStore,
    scheduler: Scheduler,
    names: NameRouter,
    database: DatabaseConnection,
    hasher: PasswordHasher,
    @Optional() @Inject(REDIS) redis?: RedisClient,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.counts('', COUNTERS, stats);
    this.counts('bus_', BUS_COUNTERS, bus.stats);
    this.gauge('bus_waiting_bytes', 'Bytes queued for other nodes.', () => bus.waitingBytes);
    this.counts('presence_', PRESENCE_COUNTERS, presence.stats);
    if (redis !== undefined) this.redis(redis);
    this.gauge('sockets', 'Open sockets, including those that have not sent hello.', () => sessions.size);
    this.gauge('sockets_unauthenticated', 'Open sockets that have not sent hello.', () => quota.unauthenticated);
    this.gauge('socket_addresses', 'Client addresses with an open socket on this node.', () => quota.addresses);
    this.count('sockets_refused', 'WebSocket upgrades refused by a connection limit.', () => quota.refused);
    this.gauge('rate_buckets', 'Token buckets held for addresses and users.', () =>
      rates === limiters ? limiters.size : rates.size + limiters.size,
    );
    this.gauge('room_cache_entries', 'Cached database answers about rooms.', () => access.cacheEntries);
    this.gauge('password_hashes_waiting', 'Log-ins and registrations that wait for a thread.', () => hasher.waiting);
    this.gauge('sessions', 'Sessions with a socket on this node.', () => sessions.sessionCount);
    this.gauge('rooms', 'Rooms with a peer on this node.', () => rooms.roomCount);
    this.gauge('peers', 'Peers on this node.', () => rooms.peerCount);
    this.gauge('admissions_pending', 'Joins and other admissions in flight on this node.', () => admissions.size);
    this.gauge('removal_cache_entries', 'Cached removals, ended peers and ended rooms.', () => admissions.cacheEntries);
    this.policy();
    this.bridges(bridges);
    this.topics(topics);
    this.count(
      'rooms_ended',
      'Rooms that this node ended: at their end time, or empty for too long.',
      () => expiry.ended,
    );
    this.count('rows_pruned', 'Expired rows that this node deleted.', () => pruning.pruned);
    this.count('job_rounds', 'Rounds of scheduled jobs completed by this node.', () => scheduler.runs);
    this.count('job_failures', 'Rounds of scheduled jobs that failed on this node.', () => scheduler.failures);
    this.gauge('names', 'Names held by sockets of this node.', () => names.size);
    this.gauge(
      'name_queued_bytes',
      'Bytes of messages queued for names that no client holds.',
      () => names.waitingBytes,
    );
    this.counts('name_', NAME_COUNTERS, names.stats);
    this.gauge('presence_available', '1 while the presence store is available.', () => Number(presence.available));
    this.gauge('database_available', '1 while the database answers.', () => Number(database.fault === undefined));
    this.gauge('bus_available', '1 while the bus to other nodes is available.', () => Number(bus.available));
  }

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.registry.metrics();
  }

  /** Decisions of the authorization policy. */
  private policy(): void {
    new Counter({
      name: 'parley_policy_decisions_total',
      help: 'Decisions of the authorization policy by action; the outcome is allowed or an error code.',
      labelNames: ['action', 'outcome'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [action, outcome, count] of policyCounts()) this.inc({ action, outcome }, count);
      },
    });
  }

  /** Metrics of the bridges, labelled by bridge. */
  private bridges(host: BridgeHost): void {
    const registers = [this.registry];
    new Gauge({
      name: 'parley_bridge_sockets',
      help: 'Open sockets per bridge.',
      labelNames: ['bridge'],
      registers,
      collect() {
        for (const [bridge, { sockets }] of host.stats) this.set({ bridge }, sockets);
      },
    });
    new Counter({
      name: 'parley_bridge_events_total',
      help: 'Events per bridge: frames handled, pauses in reading a client, clients admitted, internal errors, and its own counters.',
      labelNames: ['bridge', 'event'],
      registers,
      collect() {
        this.reset();
        for (const { name: bridge, counters } of host.bridges) {
          const { sockets: _, ...counted } = host.stats.get(bridge) ?? {};
          for (const [event, count] of Object.entries({ ...counted, ...counters }))
            this.inc({ bridge, event: snakeCase(event) }, count);
        }
      },
    });
  }

  private topics({ stats }: Topics): void {
    this.gauge('topics', 'Topics with a subscriber on this node.', () => stats.topics);
    this.gauge('topic_subscriptions', 'Subscriptions to topics on this node.', () => stats.subscriptions);
    this.gauge('topic_bytes', 'Bytes used by topics: names, subscriptions and queued payloads.', () => stats.bytes);
    this.count('topic_publications', 'Payloads published to topics.', () => stats.published);
    this.count('topic_deliveries', 'Payloads delivered to subscribers on this node.', () => stats.delivered);
    this.count('topic_refusals', 'Subscriptions and publications refused by a limit.', () => stats.refused);
    this.count(
      'topic_deferrals',
      'Payloads of other nodes delivered later, for the rate of their topic.',
      () => stats.deferred,
    );
    this.count('topic_gaps', 'Subscriptions ended because messages may have been lost.', () => stats.gaps);
  }

  private redis({ commands }: RedisClient): void {
    this.count('redis_commands', 'Commands sent to Redis.', () => commands.stats.commands);
    this.count(
      'redis_failures',
      'Commands to Redis that failed, including those without an answer.',
      () => commands.stats.failures,
    );
    this.count('redis_timeouts', 'Commands to Redis that timed out.', () => commands.stats.timeouts);
    this.gauge(
      'redis_breaker_open',
      '1 while the circuit breaker refuses commands because Redis does not answer.',
      () => Number(commands.breakerOpen),
    );
  }

  private counts<Field extends string>(
    prefix: string,
    helps: Readonly<Record<Field, string>>,
    stats: Readonly<Record<Field, number>>,
  ): void {
    for (const field of Object.keys(helps) as Field[])
      this.count(`${prefix}${snakeCase(field)}`, helps[field], () => stats[field]);
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `parley_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  private count(name: string, help: string, read: () => number): void {
    new Counter({
      name: `parley_${name}_total`,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
