import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { startPostgres } from '../../test/support/postgres.js';
import { startRedis } from '../../test/support/redis.js';
import { type Options, readOptions } from './options.js';
import { reportOf } from './report/report.js';
import { textOf } from './report/text.js';
import { runRounds } from './rounds.js';
import type { Ground } from './systems/system.js';

/** The benchmark: `npm run bench -- --help`. */
export const bench = async (words: readonly string[]): Promise<void> => {
  const options = readOptions(words);
  if (options === undefined) return;
  const { ground, stop } = await layGround(options);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => void stop().then(() => process.exit(130)));
  try {
    const rounds = await runRounds(options, ground);
    const report = reportOf(rounds);
    console.log(`\n${textOf(report)}`);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await stop();
  }
};

/** PostgreSQL stands outside of what is measured; Redis is part of it where there are two nodes. */
const layGround = async ({ works }: Options): Promise<{ ground: Ground; stop(): Promise<void> }> => {
  const postgres = await startPostgres();
  const redis = works.some(({ nodes }) => nodes > 1) ? await startRedis() : undefined;
  const ground: Ground = {
    secret: randomBytes(48).toString('base64'),
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
  return { ground, stop };
};
