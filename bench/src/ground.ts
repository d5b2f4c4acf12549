import { randomBytes } from 'node:crypto';
import { startPostgres } from '../../test/support/postgres.js';
import { startRedis } from '../../test/support/redis.js';
import type { Ground } from './systems/system.js';

/** Redis and PostgreSQL for the systems. They also end when this process is stopped. */
export const layGround = async (needs: {
  readonly redis: boolean;
}): Promise<{ ground: Ground; stop(): Promise<void> }> => {
  const postgres = await startPostgres();
  const redis = needs.redis ? await startRedis() : undefined;
  const ground: Ground = {
    secret: randomBytes(48).toString('base64'),
    nodeOptions: '',
    redis: redis && {
      url: redis.url,
      pid: redis.servers[0]!.pid,
      empty: async () => void (await redis.command('flushall')),
    },
    createDatabase: () => postgres.createDatabase(),
  };
  const stop = async () => {
    await Promise.all([postgres.stop(), redis?.stop()]);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => void stop().then(() => process.exit(130)));
  }
  return { ground, stop };
};
