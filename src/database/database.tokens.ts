import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type * as schema from './schema.js';

/** Injects the {@link Database}. Only `*.store.ts` files ask it. */
export const DATABASE = Symbol('DATABASE');

/** The query layer over the one pool of this process. */
export type Database = NodePgDatabase<typeof schema>;

/** What a transaction hands to its body: a store's method takes either. */
export type Queries = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction'>;
