import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { chores } from '../database/schema.js';
import type { Turns } from './scheduler.js';

/** Two clocks that tick as often are never quite together: a turn is over a little before its time. */
const SLACK = 0.9;

/** The turns of chores, by the database's clock. */
@Injectable()
export class TurnsStore implements Turns {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async take(name: string, everyMs: number): Promise<boolean> {
    const seconds = (everyMs * SLACK) / 1000;
    const taken = await this.db
      .insert(chores)
      .values({ name, at: sql`now()` })
      .onConflictDoUpdate({
        target: chores.name,
        set: { at: sql`now()` },
        setWhere: sql`${chores.at} <= now() - make_interval(secs => ${seconds})`,
      })
      .returning({ name: chores.name });
    return taken.length > 0;
  }
}
