import { Cluster, type Redis, ReplyError } from 'ioredis';
import { CircuitBreaker } from './circuit-breaker.js';
import { type CommandClient, connectCommands } from './connections.js';
import type { RedisTarget } from './redis-url.js';
import { type PaddedPayload, zeroCopyPublish } from './zero-copy-publish.js';

/** The reply of a script. */
export type Reply = string | number | null | readonly Reply[];

/** Runs a script. Its arguments are the keys, then the values. */
export type Script = (...args: (string | number)[]) => Promise<Reply>;

/** A command failed or was not answered in time. Redis may have executed it, or may do so later. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}

/** Interval of the PINGs on each connection, in milliseconds. */
const PING_MS = 500;

/**
 * Runs Redis commands. While Redis does not answer, they are refused at once; periodic PINGs detect when it does again.
 */
export class RedisCommands {
  readonly stats = { commands: 0, failures: 0, timeouts: 0 };
  /** True in a cluster, where pub/sub is sharded (SPUBLISH, SSUBSCRIBE). */
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

  /** True if a command would be sent now, not refused. */
  get available(): boolean {
    if (this.breaker.open || this.client.status !== 'ready') return false;
    return !(this.client instanceof Cluster) || this.client.nodes('master').some((node) => node.status === 'ready');
  }

  get breakerOpen(): boolean {
    return this.breaker.open;
  }

  /** Defines a script. The client sends EVALSHA, then the source if the server does not have it. */
  script(name: string, lua: string, numberOfKeys: number): Script {
    this.client.defineCommand(name, { lua, numberOfKeys });
    const call = (this.client as unknown as Record<string, Script>)[name] as Script;
    return (...args) => this.run(() => call.apply(this.client, args));
  }

  hget(key: string, field: string): Promise<string | null> {
    return this.run(() => this.client.hget(key, field));
  }

  /** Publishes a payload. @returns the number of subscribers that received it */
  publish(channel: string, payload: Buffer): Promise<number> {
    return this.run(async () =>
      Number(await (this.sharded ? this.client.spublish(channel, payload) : this.client.publish(channel, payload))),
    );
  }

  /**
   * Publishes a payload without copying it. Its memory must not change until the promise resolves; if it rejects, never
   * again, because the socket may still hold it.
   */
  publishZeroCopy(channel: string, payload: PaddedPayload): Promise<number> {
    if (!this.fastPaths) return this.publish(channel, payload.memory.subarray(payload.start, payload.end));
    const name = this.sharded ? 'spublish' : 'publish';
    return this.run(async () => Number(await this.client.sendCommand(zeroCopyPublish(name, channel, payload))));
  }

  /**
   * Sends the commands that `act` issues in one write per connection, which Redis reads at once: that costs it far less
   * than a read per command (docs/adr/0012-room-commands-of-a-turn-are-batched.md).
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

  /** @throws RedisUnavailable for any failure, with its cause */
  private async run<Result>(call: () => Promise<Result>): Promise<Result> {
    this.stats.commands += 1;
    try {
      if (!this.available) throw new Error(this.breaker.open ? 'Redis does not answer' : 'Redis is not connected');
      const result = await call();
      this.breaker.answered();
      return result;
    } catch (error) {
      this.stats.failures += 1;
      this.noteFailure(error);
      throw new RedisUnavailable(error instanceof Error ? error.message : 'Redis failed', { cause: error });
    }
  }

  /**
   * Probes each connection, also for the circuit breaker. ioredis starts its socket time-out with each command, so an
   * unanswered PING also ends a dead connection.
   */
  private async ping(): Promise<void> {
    if (this.pinging) return;
    const connections = this.connections();
    if (connections.length === 0) return;
    this.pinging = true;
    const results = await Promise.allSettled(connections.map((connection) => connection.ping()));
    this.pinging = false;
    if (results.some((result) => result.status === 'fulfilled')) this.breaker.answered();
    else for (const result of results.slice(0, 1)) if (result.status === 'rejected') this.noteFailure(result.reason);
  }

  /** The connections that accept commands now. */
  private connections(): Redis[] {
    const all = this.client instanceof Cluster ? this.client.nodes('master') : [this.client];
    return all.filter(({ status }) => status === 'ready');
  }

  private noteFailure(error: unknown): void {
    if (error instanceof ReplyError) {
      this.breaker.answered();
    } else if (error instanceof Error && error.message === 'Command timed out') {
      this.stats.timeouts += 1;
      this.breaker.timedOut();
    }
  }
}
