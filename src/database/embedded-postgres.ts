import type { DatabaseSource } from './database-connection.js';

/** Starts the server of our own in a data directory. */
export const startEmbeddedPostgres = async (dataDir: string): Promise<DatabaseSource> => {
  throw new Error(`an embedded server in ${dataDir} cannot be started yet: set DATABASE_URL`);
};
