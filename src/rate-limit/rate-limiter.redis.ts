import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisKeys } from '../redis/keys.js';
import type { RedisCommands, Script } from '../redis/redis-commands.js';
import { type Rate, RateLimiter } from './rate-limiter.js';

/** Buckets that all nodes share. While Redis is away each node goes by its own: slower than nothing, and never shut. */
export class RedisRateLimiter extends RateLimiter {
  private readonly script: Script;

  constructor(
    private readonly redis: { readonly commands: RedisCommands; readonly keys: RedisKeys },
    private readonly fallback: RateLimiter,
  ) {
    super();
    const lua = readFileSync(new URL('./take.lua', import.meta.url), 'utf8');
    this.script = redis.commands.script('parley:take', lua, 1);
  }

  get size(): number {
    return this.fallback.size;
  }

  async take(rate: Rate, subject: string): Promise<number> {
    try {
      // Addresses and users are not written down: a hash is enough to count by.
      const key = this.redis.keys.rate(
        rate.name,
        createHash('sha256').update(subject).digest('base64url').slice(0, 22),
      );
      return Number(await this.script(key, rate.burst, Math.round(1_000_000 / rate.perSecond)));
    } catch {
      return this.fallback.take(rate, subject);
    }
  }
}
