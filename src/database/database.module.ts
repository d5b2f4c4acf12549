import { Global, Logger, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { DATABASE } from './database.tokens.js';
import { DATABASE_SOURCE, DatabaseConnection, type DatabaseSource } from './database-connection.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

const openSource = async ({ databaseUrl, dataDir }: Config): Promise<DatabaseSource> =>
  databaseUrl === undefined
    ? await startEmbeddedPostgres(dataDir, new Logger('EmbeddedPostgres'))
    : { connection: { connectionString: databaseUrl }, stop: async () => undefined };

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
        await connection.migrate();
        return connection.database;
      },
    },
  ],
  exports: [DATABASE, DatabaseConnection],
})
export class DatabaseModule {}
