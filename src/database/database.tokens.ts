import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type * as schema from './schema.js';

/** Injection token of the {@link Database}. Only `*.store.ts` files use it. */
export const DATABASE = Symbol('DATABASE');

/** The query layer over this process's connection pool. */
export type Database = NodePgDatabase<typeof schema>;

/** Runs queries: the database itself, or a transaction. */
export type Queries = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction'>;
