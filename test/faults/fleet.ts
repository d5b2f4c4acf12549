import { randomBytes } from 'node:crypto';
import { Rest } from '../protocol/rest.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import {
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  startReplicatedRedisCluster,
  type TestRedis,
} from '../support/redis.js';
import { type RunningNode, startNode } from '../support/start-node.js';
import { until } from '../support/until.js';
import { type Address, FaultProxy } from './proxy.js';

/** Short enough for a test, and in the proportions of RELIABILITY's table of timers. */
export const QUICK = {
  HEARTBEAT_MS: '1500',
  SILENCE_MS: '8000',
  RESUME_WINDOW_MS: '15000',
  NODE_LEASE_MS: '5000',
  NODE_RENEW_MS: '1500',
  NODE_SWEEP_MS: '1000',
  NODE_RECONCILE_MS: '2500',
  DRAIN_GRACE_MS: '500',
  DRAIN_SPREAD_MS: '2500',
  DRAIN_DEADLINE_MS: '8000',
};

const REDIS = {
  standalone: startRedis,
  sentinel: startRedisSentinel,
  cluster: startRedisCluster,
  replicatedCluster: startReplicatedRedisCluster,
};
export type RedisKind = keyof typeof REDIS;

/** Starts of a node until one must succeed. */
const MAX_STARTS = 5;

/** One node's place: the process in it may be killed and replaced. */
export interface Place {
  readonly name: string;
  /** Between the node and Redis; undefined where Redis itself tells the addresses (Sentinel, Cluster). */
  readonly redis: FaultProxy | undefined;
  node: RunningNode | undefined;
  /** Whether the load balancer sends new connections here. */
  ready: boolean;
}

/** Nodes as they run in production: a load balancer before them, Redis and PostgreSQL behind them. */
export class Fleet {
  private static readonly running = new Set<Fleet>();
  readonly places: Place[] = [];
  balancer!: FaultProxy;
  /** While set, the load balancer sends new connections here alone. */
  only: Place | undefined;
  private readonly outputs: (() => string)[] = [];
  private readonly starting = new Set<Place>();
  private watching: NodeJS.Timeout | undefined;

  private constructor(
    readonly redis: TestRedis & { failover?(): Promise<void> },
    readonly postgres: RunningPostgres,
    readonly environment: Record<string, string>,
  ) {
    Fleet.running.add(this);
  }

  /** Leaves no process behind, whatever was going on. */
  static async stopAll(): Promise<void> {
    await Promise.all([...Fleet.running].map((fleet) => fleet.stop()));
  }

  static async start(
    options: {
      readonly nodes?: number;
      readonly redis?: RedisKind;
      readonly environment?: Record<string, string>;
      /** The folder that PostgreSQL keeps its data in. */
      readonly disk?: string;
    } = {},
  ): Promise<Fleet> {
    const kind = options.redis ?? 'standalone';
    const [redis, postgres] = await Promise.all([REDIS[kind](), startPostgres(options.disk)]);
    const fleet = new Fleet(redis, postgres, {
      ...QUICK,
      DATABASE_URL: await postgres.createDatabase(),
      JWT_SECRET: randomBytes(48).toString('base64'),
      ACCESS_TOKEN_SECONDS: '3600',
      ...options.environment,
    });
    try {
      fleet.balancer = await FaultProxy.start(() => fleet.readyAddresses());
      for (let n = 1; n <= (options.nodes ?? 3); n += 1) {
        const proxy = kind === 'standalone' ? await FaultProxy.start(() => [addressOf(redis.url)]) : undefined;
        fleet.places.push({ name: `n${n}`, redis: proxy, node: undefined, ready: false });
      }
      await Promise.all(fleet.places.map((place) => fleet.boot(place)));
      fleet.watching = setInterval(() => void fleet.watch(), 200);
      await fleet.whenReady();
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  /** The load balancer. */
  get url(): string {
    return `http://127.0.0.1:${this.balancer.port}`;
  }

  /** Everything that every process printed. */
  get output(): string {
    return this.outputs.map((read) => read()).join('\n');
  }

  place(n: number): Place {
    return this.places[n % this.places.length] as Place;
  }

  /** The place that a client is on, by `welcome.node`. */
  placeOf(node: string | undefined): Place {
    const place = this.places.find(({ name }) => node?.startsWith(`${name}-`));
    if (place === undefined) throw new Error(`There is no place of ${node}`);
    return place;
  }

  /**
   * Starts a node in an empty place.
   * @param more environment for this life alone
   * @param prefix words before the command
   * @throws Error if a node is there, starting or terminating
   */
  async boot(place: Place, more: Record<string, string> = {}, prefix: readonly string[] = []): Promise<void> {
    // Its place would forget the first one, which would serve on and outlive the fleet.
    if (place.node !== undefined || this.starting.has(place)) throw new Error(`${place.name} already has a node`);
    const url = place.redis === undefined ? this.redis.url : `redis://127.0.0.1:${place.redis.port}`;
    this.starting.add(place);
    try {
      const node = await startNode({ ...this.environment, NODE_ID: place.name, REDIS_URL: url, ...more }, prefix);
      this.outputs.push(node.output);
      place.node = node;
      // Stopped while it started: nobody else knows of it.
      if (!Fleet.running.has(this)) await this.kill(place);
    } finally {
      this.starting.delete(place);
    }
  }

  /** As an orchestrator does: a node that ends at its start, because PostgreSQL was away, is started again. */
  async replace(place: Place): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.boot(place);
      } catch (error) {
        if (tries === MAX_STARTS || !Fleet.running.has(this)) throw error;
      }
    }
  }

  /** SIGKILL. */
  async kill(place: Place): Promise<void> {
    const { node } = place;
    place.node = undefined;
    place.ready = false;
    await node?.kill();
  }

  /** SIGTERM; resolves with the exit code. */
  async terminate(place: Place): Promise<number | null> {
    const { node } = place;
    const code = (await node?.terminate()) ?? null;
    if (place.node === node) place.node = undefined;
    place.ready = false;
    return code;
  }

  /** A fresh account and a room of its own. */
  async account(): Promise<{ token: string; room: string }> {
    const rest = new Rest(this.place(0).node?.url as string);
    const { accessToken } = await rest.register();
    return { token: accessToken, room: (await rest.room(accessToken)).id };
  }

  async health(place: Place, what: 'ready' | 'live'): Promise<number> {
    if (place.node === undefined) return 0;
    return fetch(`${place.node.url}/health/${what}`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** Waits until every place has a ready node, also in the eyes of the load balancer. */
  async whenReady(withinMs = 30_000): Promise<void> {
    await until(() => this.places.every(({ ready }) => ready), withinMs);
  }

  /** Undoes every fault that is still on. */
  async heal(): Promise<void> {
    this.balancer.heal();
    for (const { redis, node } of this.places) {
      redis?.heal();
      node?.process.kill('SIGCONT');
    }
    for (const server of this.redis.servers) server.resume();
  }

  async stop(): Promise<void> {
    if (!Fleet.running.delete(this)) return;
    clearInterval(this.watching);
    for (const { node } of this.places) node?.process.kill('SIGCONT');
    await Promise.all(this.places.map(({ node }) => node?.kill()));
    await Promise.all(
      [this.balancer as FaultProxy | undefined, ...this.places.map(({ redis }) => redis)].map((proxy) => proxy?.stop()),
    );
    await Promise.all([this.redis.stop(), this.postgres.stop()]);
  }

  private async watch(): Promise<void> {
    await Promise.all(
      this.places.map(async (place) => {
        const { node } = place;
        const ready = (await this.health(place, 'ready')) === 200;
        if (place.node === node) place.ready = ready;
      }),
    );
  }

  private readyAddresses(): Address[] {
    const places = this.only === undefined ? this.places : [this.only];
    return places.filter(({ ready, node }) => ready && node !== undefined).map((place) => addressOf(place.node?.url));
  }
}

const addressOf = (url: string | undefined): Address => {
  const { hostname, port } = new URL(url as string);
  return { host: hostname, port: Number(port) };
};
