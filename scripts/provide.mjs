import { CommandFailed } from './run-command.mjs';

/** How each program is provided: a function that returns its path, and the variable that tests read. */
const SOURCES = {
  redis: async () => ({ PARLEY_REDIS_SERVER: await (await import('./provision-redis.mjs')).findRedisServer() }),
  chromium: async () => ({ PARLEY_CHROMIUM: await (await import('./provision-chromium.mjs')).findChromium() }),
  ip: async () => ({ PARLEY_IP: await (await import('./provision-ip.mjs')).findIp() }),
  coturn: async () => ({ PARLEY_TURNSERVER: await (await import('./provision-coturn.mjs')).findCoturn() }),
  nginx: async () => ({ PARLEY_NGINX: await (await import('./provision-nginx.mjs')).findNginx() }),
  pgbouncer: async () => ({ PARLEY_PGBOUNCER: await (await import('./provision-pgbouncer.mjs')).findPgBouncer() }),
  python: async () => ({ PARLEY_PYTHON: await (await import('./provision-python.mjs')).findPython() }),
};

/**
 * Provides the programs that tests need and npm does not have. PostgreSQL comes with the packages.
 * @param {Set<string>} needs
 * @returns {Promise<Record<string, string>>} environment variables for the tests
 * @throws {CommandFailed} with one line that says what to install
 */
export const provide = async (needs) => {
  const provided = {};
  for (const need of needs) {
    try {
      Object.assign(provided, await SOURCES[need]());
    } catch (error) {
      throw new CommandFailed(error instanceof Error ? error.message : String(error));
    }
  }
  return provided;
};
