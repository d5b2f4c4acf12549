/** A process that runs the embedded PostgreSQL of a data directory until its standard input ends. */
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';

const [, , dataDir = ''] = process.argv;
try {
  const server = await startEmbeddedPostgres(dataDir, { error: (message) => process.stderr.write(`${message}\n`) });
  process.stdin.resume().once('end', () => void server.stop().then(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify(server.connection)}\n`);
} catch (error) {
  process.stderr.write((error as Error).message);
  process.exit(1);
}
