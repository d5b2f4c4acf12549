import { Global, Logger, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { takesStartupParameters } from './connect.js';
import { DATABASE } from './database.tokens.js';
import { DATABASE_SOURCE, DatabaseConnection, type DatabaseSource } from './database-connection.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { CONNECT_TIMEOUT_MS } from './migrate.js';

const openSource = async ({ databaseUrl, databaseDirectUrl, dataDir }: Config): Promise<DatabaseSource> => {
  if (databaseUrl === undefined) return startEmbeddedPostgres(dataDir, new Logger('EmbeddedPostgres'));
  const connection = { connectionString: databaseUrl };
  return {
    connection,
    direct: { connectionString: databaseDirectUrl ?? databaseUrl },
    takes: (parameters) => takesStartupParameters(connection, parameters, Date.now() + CONNECT_TIMEOUT_MS),
    stop: async () => undefined,
  };
};

/** Provides the migrated database: that of `DATABASE_URL`, or an embedded server in `DATA_DIR`. */
@Global()
@Module({
  providers: [
    { provide: DATABASE_SOURCE, inject: [CONFIG], useFactory: openSource },
    DatabaseConnection,
    {
      provide: DATABASE,
      inject: [DatabaseConnection],
      useFactory: async (connection: DatabaseConnection) => {
        await connection.open();
        return connection.database;
      },
    },
  ],
  exports: [DATABASE, DatabaseConnection],
})
export class DatabaseModule {}
