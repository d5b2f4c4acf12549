import { RedisKeys } from './keys.js';
import { RedisCommands } from './redis-commands.js';
import { parseRedisUrl, type RedisAddress, type RedisTarget } from './redis-url.js';
import { Subscription, type SubscriptionEvents } from './subscription.js';

/** One process's access to Redis: a connection for commands, and one for each subscription. */
export class RedisClient {
  readonly keys: RedisKeys;
  readonly commands: RedisCommands;
  private readonly target: RedisTarget;

  /**
   * Connects in the background; until then everything is refused.
   * @param fastPaths false: commands use the public API of ioredis alone
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
