import { RedisKeys } from './keys.js';
import { RedisCommands } from './redis-commands.js';
import { parseRedisUrl, type RedisAddress, type RedisTarget } from './redis-url.js';
import { Subscription, type SubscriptionEvents } from './subscription.js';

/** The Redis client of a process: one connection for commands, and one per subscription. */
export class RedisClient {
  readonly keys: RedisKeys;
  readonly commands: RedisCommands;
  private readonly target: RedisTarget;

  /**
   * Connects in the background; until then, commands are refused.
   * @param url see {@link parseRedisUrl}
   * @param prefix of every key and channel
   * @param fastPaths false: commands use only the public API of ioredis
   * @throws RedisUrlError
   */
  constructor(url: string, prefix: string, fastPaths = true) {
    this.target = parseRedisUrl(url);
    this.keys = new RedisKeys(prefix);
    this.commands = new RedisCommands(this.target, fastPaths);
  }

  subscribe(channel: string, events: SubscriptionEvents, address?: RedisAddress): Subscription {
    return new Subscription(this.target, channel, events, address);
  }

  close(): void {
    this.commands.close();
  }
}
