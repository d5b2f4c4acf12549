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

/** Short enough for a test, in the proportions of the default timers. */
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
  // The tests read the metrics all the time.
  METRICS_BURST: '100000',
};

const REDIS = {
  standalone: startRedis,
  sentinel: startRedisSentinel,
  cluster: startRedisCluster,
  replicatedCluster: startReplicatedRedisCluster,
};
export type RedisKind = keyof typeof REDIS;

/** Maximum time until all nodes are ready for the first time, on a busy machine. */
const START_MS = 120_000;
/** Maximum attempts to start a node. */
const MAX_STARTS = 5;

/** The slot of one node, whose process may be killed and replaced. */
export interface NodeSlot {
  readonly name: string;
  /** Proxy between the node and Redis; undefined for Sentinel and Cluster, which announce their own addresses. */
  readonly redis: FaultProxy | undefined;
  node: RunningNode | undefined;
  /** Whether the load balancer sends new connections here. */
  ready: boolean;
}

/** Nodes as in production: behind a load balancer, with Redis and PostgreSQL. */
export class Fleet {
  private static readonly running = new Set<Fleet>();
  readonly slots: NodeSlot[] = [];
  balancer!: FaultProxy;
  /** If set, the load balancer sends new connections to this slot only. */
  only: NodeSlot | undefined;
  private readonly outputs: (() => string)[] = [];
  private readonly starting = new Set<NodeSlot>();
  private watching: NodeJS.Timeout | undefined;

  private constructor(
    readonly redis: TestRedis & { failover?(): Promise<void> },
    readonly postgres: RunningPostgres,
    readonly environment: Record<string, string>,
  ) {
    Fleet.running.add(this);
  }

  /** Ends all processes, at any time. */
  static async stopAll(): Promise<void> {
    await Promise.all([...Fleet.running].map((fleet) => fleet.stop()));
  }

  static async start(
    options: {
      readonly nodes?: number;
      readonly redis?: RedisKind;
      readonly environment?: Record<string, string>;
      /** The data folder of PostgreSQL. */
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
      // Many clients of a room share one account.
      MAX_PEERS_PER_USER: '1000',
      ...options.environment,
    });
    try {
      fleet.balancer = await FaultProxy.start(() => fleet.readyAddresses());
      for (let n = 1; n <= (options.nodes ?? 3); n += 1) {
        const proxy = kind === 'standalone' ? await FaultProxy.start(() => [addressOf(redis.url)]) : undefined;
        fleet.slots.push({ name: `n${n}`, redis: proxy, node: undefined, ready: false });
      }
      await Promise.all(fleet.slots.map((slot) => fleet.boot(slot)));
      fleet.watching = setInterval(() => void fleet.watch(), 200);
      await fleet.whenReady(START_MS);
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

  /** The output of all processes. */
  get output(): string {
    return this.outputs.map((read) => read()).join('\n');
  }

  slot(n: number): NodeSlot {
    return this.slots[n % this.slots.length] as NodeSlot;
  }

  /** Finds the slot of a client's node by `welcome.node`. */
  slotOf(node: string | undefined): NodeSlot {
    const slot = this.slots.find(({ name }) => node?.startsWith(`${name}-`));
    if (slot === undefined) throw new Error(`No slot has the node ${node}`);
    return slot;
  }

  /**
   * Starts a node in an empty slot.
   * @param more environment for this start alone
   * @param prefix of the command
   * @throws Error if a node is there, starting or terminating
   */
  async boot(slot: NodeSlot, more: Record<string, string> = {}, prefix: readonly string[] = []): Promise<void> {
    // Otherwise the slot would lose track of the first node, which would outlive the fleet.
    if (slot.node !== undefined || this.starting.has(slot)) throw new Error(`${slot.name} already has a node`);
    const url = slot.redis === undefined ? this.redis.url : `redis://127.0.0.1:${slot.redis.port}`;
    this.starting.add(slot);
    try {
      const node = await startNode({ ...this.environment, NODE_ID: slot.name, REDIS_URL: url, ...more }, prefix);
      this.outputs.push(node.output);
      slot.node = node;
      // The fleet was stopped meanwhile, so nothing else ends this node.
      if (!Fleet.running.has(this)) await this.kill(slot);
    } finally {
      this.starting.delete(slot);
    }
  }

  /** Restarts a node that exits at its start while PostgreSQL is unavailable, as an orchestrator does. */
  async replace(slot: NodeSlot): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.boot(slot);
      } catch (error) {
        if (tries === MAX_STARTS || !Fleet.running.has(this)) throw error;
      }
    }
  }

  /** SIGKILL. */
  async kill(slot: NodeSlot): Promise<void> {
    const { node } = slot;
    slot.node = undefined;
    slot.ready = false;
    await node?.kill();
  }

  /** SIGTERM; resolves with the exit code. */
  async terminate(slot: NodeSlot): Promise<number | null> {
    const { node } = slot;
    const code = (await node?.terminate()) ?? null;
    if (slot.node === node) slot.node = undefined;
    slot.ready = false;
    return code;
  }

  /** Registers an account and creates a room. */
  async account(): Promise<{ token: string; room: string }> {
    const rest = new Rest(this.slot(0).node?.url as string);
    const { accessToken } = await rest.register();
    return { token: accessToken, room: (await rest.room(accessToken)).id };
  }

  async health(slot: NodeSlot, what: 'ready' | 'live'): Promise<number> {
    if (slot.node === undefined) return 0;
    return fetch(`${slot.node.url}/health/${what}`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** Waits until every slot has a ready node, and the load balancer knows. */
  async whenReady(withinMs = 30_000): Promise<void> {
    await until(() => this.slots.every(({ ready }) => ready), withinMs);
  }

  /** Undoes every fault that is still active. */
  async heal(): Promise<void> {
    this.balancer.heal();
    for (const { redis, node } of this.slots) {
      redis?.heal();
      node?.process.kill('SIGCONT');
    }
    for (const server of this.redis.servers) server.resume();
  }

  async stop(): Promise<void> {
    if (!Fleet.running.delete(this)) return;
    clearInterval(this.watching);
    for (const { node } of this.slots) node?.process.kill('SIGCONT');
    await Promise.all(this.slots.map(({ node }) => node?.kill()));
    await Promise.all(
      [this.balancer as FaultProxy | undefined, ...this.slots.map(({ redis }) => redis)].map((proxy) => proxy?.stop()),
    );
    await Promise.all([this.redis.stop(), this.postgres.stop()]);
  }

  private async watch(): Promise<void> {
    await Promise.all(
      this.slots.map(async (slot) => {
        const { node } = slot;
        const ready = (await this.health(slot, 'ready')) === 200;
        if (slot.node === node) slot.ready = ready;
      }),
    );
  }

  private readyAddresses(): Address[] {
    const slots = this.only === undefined ? this.slots : [this.only];
    return slots.filter(({ ready, node }) => ready && node !== undefined).map((slot) => addressOf(slot.node?.url));
  }
}

const addressOf = (url: string | undefined): Address => {
  const { hostname, port } = new URL(url as string);
  return { host: hostname, port: Number(port) };
};
