import { Cluster, type Redis, ReplyError } from 'ioredis';
import { CircuitBreaker } from './circuit-breaker.js';
import { type CommandClient, connectCommands } from './connections.js';
import type { RedisTarget } from './redis-url.js';
import { type PaddedPayload, zeroCopyPublish } from './zero-copy-publish.js';

/** What a Redis reply to a script may be. */
export type Reply = string | number | null | readonly Reply[];

/** A script that was made known to the client. Arguments: the keys, then the values. */
export type Script = (...args: (string | number)[]) => Promise<Reply>;

/** Redis did not do it, or did not say so. It may have been done, or may still be. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}

/** How often each connection is asked for a sign of life, in milliseconds. */
const PING_MS = 500;

/** The connection for commands: refuses at once when Redis does not answer, and finds out by itself when it does. */
export class RedisCommands {
  readonly stats = { commands: 0, failures: 0, timeouts: 0 };
  /** PUBLISH of a cluster is the sharded one. */
  readonly sharded: boolean;
  private readonly client: CommandClient;
  private readonly breaker = new CircuitBreaker();
  private readonly timer: NodeJS.Timeout;
  private pinging = false;

  /** @param fastPaths false: {@link publishZeroCopy} and {@link together} leave writing to ioredis */
  constructor(
    target: RedisTarget,
    private readonly fastPaths: boolean,
  ) {
    this.client = connectCommands(target);
    this.sharded = this.client instanceof Cluster;
    this.timer = setInterval(() => void this.ping(), PING_MS);
    this.timer.unref();
  }

  /** Whether a command would be tried now. */
  get available(): boolean {
    if (this.breaker.open || this.client.status !== 'ready') return false;
    return !(this.client instanceof Cluster) || this.client.nodes('master').some((node) => node.status === 'ready');
  }

  get breakerOpen(): boolean {
    return this.breaker.open;
  }

  /** Makes a script known. The client sends EVALSHA, and the source when the server does not know it. */
  script(name: string, lua: string, numberOfKeys: number): Script {
    this.client.defineCommand(name, { lua, numberOfKeys });
    const call = (this.client as unknown as Record<string, Script>)[name] as Script;
    return (...args) => this.run(() => call.apply(this.client, args));
  }

  hget(key: string, field: string): Promise<string | null> {
    return this.run(() => this.client.hget(key, field));
  }

  /** @returns how many were subscribed; of a node that should be, 0 means that it did not get it. */
  publish(channel: string, payload: Buffer): Promise<number> {
    return this.run(async () =>
      Number(await (this.sharded ? this.client.spublish(channel, payload) : this.client.publish(channel, payload))),
    );
  }

  /** {@link publish} without a copy: the payload's memory must stay as it is until the promise resolves, and for good when it rejects. */
  publishZeroCopy(channel: string, payload: PaddedPayload): Promise<number> {
    if (!this.fastPaths) return this.publish(channel, payload.memory.subarray(payload.start, payload.end));
    const name = this.sharded ? 'spublish' : 'publish';
    return this.run(async () => Number(await this.client.sendCommand(zeroCopyPublish(name, channel, payload))));
  }

  /**
   * What is asked for while `act` runs leaves in one write a connection. Redis reads it in one go: a script that does
   * nothing costs it 2 µs with seven others, and 10 alone.
   */
  together(act: () => void): void {
    if (!this.fastPaths) return act();
    const streams = this.connections().map(({ stream }) => stream);
    for (const stream of streams) stream.cork();
    try {
      act();
    } finally {
      for (const stream of streams) stream.uncork();
    }
  }

  close(): void {
    clearInterval(this.timer);
    this.client.disconnect();
  }

  /** @throws RedisUnavailable for whatever went wrong, with the cause. */
  private async run<Result>(call: () => Promise<Result>): Promise<Result> {
    this.stats.commands += 1;
    try {
      if (!this.available) throw new Error(this.breaker.open ? 'Redis does not answer' : 'Redis is not connected');
      const result = await call();
      this.breaker.answered();
      return result;
    } catch (error) {
      this.stats.failures += 1;
      this.judge(error);
      throw new RedisUnavailable(error instanceof Error ? error.message : 'Redis failed', { cause: error });
    }
  }

  /**
   * The idle PING, and the breaker's probe. ioredis arms its socket time-out with each command, so that a PING
   * that stays unanswered also ends a dead connection.
   */
  private async ping(): Promise<void> {
    if (this.pinging) return;
    const connections = this.connections();
    if (connections.length === 0) return;
    this.pinging = true;
    const results = await Promise.allSettled(connections.map((connection) => connection.ping()));
    this.pinging = false;
    if (results.some((result) => result.status === 'fulfilled')) this.breaker.answered();
    else for (const result of results.slice(0, 1)) if (result.status === 'rejected') this.judge(result.reason);
  }

  /** Those that take commands now. */
  private connections(): Redis[] {
    const all = this.client instanceof Cluster ? this.client.nodes('master') : [this.client];
    return all.filter(({ status }) => status === 'ready');
  }

  private judge(error: unknown): void {
    if (error instanceof ReplyError) {
      this.breaker.answered();
    } else if (error instanceof Error && error.message === 'Command timed out') {
      this.stats.timeouts += 1;
      this.breaker.timedOut();
    }
  }
}
