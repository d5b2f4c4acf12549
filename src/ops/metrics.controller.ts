import { Controller, Get, Header, Inject, Optional } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { policyCounts } from '../auth/policy-counts.js';
import { Public } from '../auth/public.js';
import { BridgeHost } from '../bridges/bridge-host.js';
import type { Bus } from '../bus/bus.js';
import type { BusStats } from '../bus/bus.stats.js';
import { BUS } from '../bus/bus.tokens.js';
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
import { RoomHub } from '../signaling/rooms/room-hub.js';
import { SessionRegistry } from '../signaling/session/session-registry.js';
import { SignalingStats } from '../signaling/signaling-stats.js';
import type { Topics } from '../topics/topics.js';
import { TOPICS } from '../topics/topics.tokens.js';
import { ConnectionQuota } from '../websocket/connection-quota.js';

const COUNTERS: Readonly<Record<keyof SignalingStats, string>> = {
  frames: 'Frames handled.',
  signalsLocal: 'Signals and acknowledgements passed to a peer on this node.',
  signalsRemote: 'Signals and acknowledgements put into a batch for another node.',
  signalsRefused: 'Signals refused because the bus was down or its batch was full.',
  undeliverable: 'Signals from other nodes for peers that were not here.',
  broadcasts: 'Broadcasts accepted.',
  chats: 'Chat messages kept.',
  joins: 'Peers that entered a room.',
  resumes: 'Peers that came back to a room.',
  internalErrors: 'Faults of our own in a handler.',
  strangeNodeMessages: 'Messages between nodes that were not ours.',
  rosterSnapshots: 'Snapshots asked for because a roster had a gap.',
};

const NAME_COUNTERS: Readonly<Record<keyof NameRouterStats, string>> = {
  sent: 'Messages to names that went to their holders.',
  queued: 'Messages that wait for a name that nobody has.',
  refused: 'Messages to names that went nowhere.',
  expired: 'Senders that were told that nobody came.',
  taken: 'Claims of names that somebody else has.',
  takeovers: 'Names that went to another socket of their owner.',
  strange: 'Messages between nodes about names that were not ours.',
};

const BUS_COUNTERS: Readonly<Record<keyof BusStats, string>> = {
  batchesSent: 'Batches handed to other nodes.',
  messagesSent: 'Messages in these.',
  messagesDropped: 'Messages that did not leave: the bus was down, its batch was full, or a PUBLISH failed.',
  messagesReceived: 'Messages of other nodes.',
  rubbish: 'Payloads on our channel that were not ours.',
  resubscriptions: 'Subscriptions made after the first one.',
};

const PRESENCE_COUNTERS: Readonly<Record<keyof PresenceStats, string>> = {
  commands: 'Operations asked of the presence store.',
  failures: 'Operations that the presence store did not do.',
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
    @Inject(PRESENCE) presence: Presence,
    @Inject(BUS) bus: Bus,
    quota: ConnectionQuota,
    rates: RateLimiter,
    limiters: LocalRateLimiter,
    bridges: BridgeHost,
    @Inject(TOPICS) topics: Topics,
    endings: RoomExpiry,
    access: RoomAccess,
    pruning: RetentionStore,
    scheduler: Scheduler,
    names: NameRouter,
    @Optional() @Inject(REDIS) redis?: RedisClient,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.counts('', COUNTERS, stats);
    this.counts('bus_', BUS_COUNTERS, bus.stats);
    this.gauge('bus_waiting_bytes', 'Bytes on their way to other nodes.', () => bus.waitingBytes);
    this.counts('presence_', PRESENCE_COUNTERS, presence.stats);
    if (redis !== undefined) this.redis(redis);
    this.gauge('sockets', 'Open sockets, those before hello too.', () => sessions.size);
    this.gauge('sockets_unauthenticated', 'Sockets that have not said hello.', () => quota.unauthenticated);
    this.gauge('socket_addresses', 'Addresses that have a socket here.', () => quota.addresses);
    this.count('sockets_refused', 'Upgrades refused because there were too many sockets.', () => quota.refused);
    this.gauge('rate_buckets', 'Rates of addresses and users that are remembered.', () =>
      rates === limiters ? limiters.size : rates.size + limiters.size,
    );
    this.gauge('room_facts', 'Answers of the database about rooms that are remembered.', () => access.remembered);
    this.gauge('sessions', 'Sessions with a socket on this node.', () => sessions.sessionCount);
    this.gauge('rooms', 'Rooms with a peer on this node.', () => rooms.roomCount);
    this.gauge('peers', 'Peers on this node.', () => rooms.peerCount);
    this.policy();
    this.bridges(bridges);
    this.topics(topics);
    this.count(
      'rooms_ended',
      'Rooms that this node ended at their time, or when they were empty.',
      () => endings.ended,
    );
    this.count('rows_pruned', 'Rows that this node deleted because nobody needs them any more.', () => pruning.pruned);
    this.count('upkeep_rounds', 'Rounds of upkeep that this node did for all.', () => scheduler.runs);
    this.count('upkeep_failures', 'Rounds of upkeep that failed here.', () => scheduler.failures);
    this.gauge('names', "Names that this node's sockets have.", () => names.size);
    this.gauge('name_letters_bytes', 'Bytes of what waits for absent names.', () => names.waitingBytes);
    this.counts('name_', NAME_COUNTERS, names.stats);
    this.gauge('presence_available', '1 when the presence store can be asked.', () => Number(presence.available));
    this.gauge('bus_available', '1 when other nodes can be reached.', () => Number(bus.available));
  }

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.registry.metrics();
  }

  /** What the authorization policy answered. */
  private policy(): void {
    new Counter({
      name: 'parley_policy_decisions_total',
      help: 'Answers of the authorization policy by action: allowed, or the code of the refusal.',
      labelNames: ['action', 'outcome'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [action, outcome, count] of policyCounts()) this.inc({ action, outcome }, count);
      },
    });
  }

  /** What the doors for other people's clients did, each under its name. */
  private bridges(host: BridgeHost): void {
    const registers = [this.registry];
    new Gauge({
      name: 'parley_door_sockets',
      help: 'Open sockets of a door.',
      labelNames: ['door'],
      registers,
      collect() {
        for (const [bridge, { sockets }] of host.stats) this.set({ door: bridge }, sockets);
      },
    });
    new Counter({
      name: 'parley_door_events_total',
      help: 'What happened in a door: frames handled and refused, sockets let in, and what the door itself counts.',
      labelNames: ['door', 'event'],
      registers,
      collect() {
        this.reset();
        for (const { name: bridge, counters } of host.bridges) {
          const { sockets: _, ...counted } = host.stats.get(bridge) ?? {};
          for (const [event, count] of Object.entries({ ...counted, ...counters }))
            this.inc({ door: bridge, event: snakeCase(event) }, count);
        }
      },
    });
  }

  private topics({ stats }: Topics): void {
    this.gauge('topics', 'Topics with a subscriber on this node.', () => stats.topics);
    this.gauge('topic_subscriptions', 'Subscriptions to topics on this node.', () => stats.subscriptions);
    this.gauge('topic_bytes', 'Bytes that count for topics: names, subscriptions, what waits.', () => stats.bytes);
    this.count('topic_publications', 'Payloads published to topics.', () => stats.published);
    this.count('topic_deliveries', 'Payloads handed to subscribers of this node.', () => stats.delivered);
    this.count('topic_refusals', 'Subscriptions and publications refused for a limit.', () => stats.refused);
    this.count('topic_gaps', 'Subscribers that had to begin anew, because something may be lost.', () => stats.gaps);
  }

  private redis({ commands }: RedisClient): void {
    this.count('redis_commands', 'Commands asked of Redis.', () => commands.stats.commands);
    this.count('redis_failures', 'Commands that Redis did not do, or did not say so.', () => commands.stats.failures);
    this.count('redis_timeouts', 'Commands without an answer in time.', () => commands.stats.timeouts);
    this.gauge('redis_breaker_open', '1 while commands are refused because Redis does not answer.', () =>
      Number(commands.breakerOpen),
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
