import { runningOf, startServer } from './server-process.js';
import type { System } from './system.js';

/**
 * One of bench/src/references: it prints `ready http://127.0.0.1:PORT`, and uses REDIS_URL if there are several nodes.
 */
export const reference = (
  name: string,
  dialect: System['dialect'],
  file: string,
  more: Readonly<Record<string, string>> = {},
): System => ({
  name,
  dialect,
  async start({ secret, nodeOptions, redis }, count) {
    const environment = {
      ...more,
      NODE_OPTIONS: nodeOptions,
      JWT_SECRET: secret,
      ...(count > 1 && redis !== undefined && { REDIS_URL: redis.url }),
    };
    const nodes = await Promise.all(
      Array.from({ length: count }, () =>
        startServer(
          ['--import', './scripts/typescript.mjs', `bench/src/references/${file}`],
          environment,
          /^ready http:\/\/[^:]+:(\d+)/,
        ),
      ),
    );
    return runningOf(nodes);
  },
});
