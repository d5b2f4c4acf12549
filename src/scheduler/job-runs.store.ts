import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { jobs } from '../database/schema.js';
import type { JobClaims } from './scheduler.js';

/** Timers of different nodes drift: a round may be claimed slightly before the interval has passed. */
const SLACK = 0.9;

/** Claims rounds of jobs in PostgreSQL, by the database's clock. */
@Injectable()
export class JobRunsStore implements JobClaims {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async take(name: string, everyMs: number): Promise<boolean> {
    const seconds = (everyMs * SLACK) / 1000;
    const taken = await this.db
      .insert(jobs)
      .values({ name, at: sql`now()` })
      .onConflictDoUpdate({
        target: jobs.name,
        set: { at: sql`now()` },
        setWhere: sql`${jobs.at} <= now() - make_interval(secs => ${seconds})`,
      })
      .returning({ name: jobs.name });
    return taken.length > 0;
  }
}
