import { describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../../../src/database/database.tokens.js';
import { RetentionStore } from '../../../src/scheduler/retention.store.js';
import type { World } from './world.js';

const RETENTION = { auditDays: 90, auditMaxRows: 1_000_000, removalDays: 30, messageDays: 0 };

/** Last of all suites: it deletes what the others left. */
export const pruningSuite = (world: World): void => {
  const app = () => world.rest.app;
  const prune = (stored: Partial<typeof RETENTION> = {}) =>
    app()
      .get(RetentionStore, { strict: false })
      .prune({ ...RETENTION, ...stored });
  const query = async (text: ReturnType<typeof sql>): Promise<Record<string, unknown>[]> =>
    (await app().get<Database>(DATABASE, { strict: false }).execute(text)).rows;
  const count = async (text: ReturnType<typeof sql>): Promise<number> =>
    Number((await query(sql`select count(*) from ${text}`))[0]?.['count']);

  describe('what only grows', () => {
    it('is deleted when nobody needs it any more, and not before', async () => {
      const user = world.uniqueName('old');
      const room = await world.room(await world.account());
      const days = (n: number) => sql`now() - make_interval(days => ${n})`;
      for (const [age, late] of [
        [91, 31],
        [89, 29],
      ] as const) {
        await query(sql`insert into audit (at, actor, action) values (${days(age)}, ${user}, 'x.y')`);
        await query(sql`insert into removals (room, user_id, at) values (${room}, ${user}, ${days(late)})`);
        await query(sql`insert into knocks (room, user_id, id, name, admitted_at)
          values (${room}, ${`${user}${age}`}, ${`${user}${age}`}, 'N', ${days(late)})`);
      }
      for (const [sign, n] of [
        ['-', 1],
        ['+', 2],
      ] as const) {
        const at = sql`now() ${sql.raw(sign)} interval '2 hours'`;
        await query(sql`insert into refresh_tokens (hash, family, subject, expires_at)
          values (${`${user}${n}`}, 'f', ${user}, ${at})`);
        await query(sql`insert into bans (room, user_id, by, until) values (${room}, ${`${user}${n}`}, 'b', ${at})`);
        await query(sql`insert into invites (id, hash, room, role, expires_at, by)
          values (${`${user}${n}`}, ${`${user}${n}`}, ${room}, 'member', ${at}, ${user})`);
        await query(sql`insert into knocks (room, user_id, id, name, seen_at)
          values (${room}, ${`${user}${n}`}, ${`${user}${n}`}, 'N', ${at})`);
      }
      await query(sql`insert into invites (id, hash, room, role, uses_left, by)
        values (${`${user}3`}, ${`${user}3`}, ${room}, 'member', 0, ${user})`);
      await query(sql`insert into messages (room, seq, user_id, name, peer, client_id, text, at)
        values (${room}, 1, ${user}, 'N', 'p', 'c', 'hello', ${days(400)})`);
      await prune();
      const left = {
        audit: await count(sql`audit where actor = ${user}`),
        removals: await count(sql`removals where user_id = ${user}`),
        tokens: await count(sql`refresh_tokens where subject = ${user}`),
        bans: await count(sql`bans where room = ${room}`),
        invites: await count(sql`invites where room = ${room}`),
        knocks: await count(sql`knocks where room = ${room}`),
        messages: await count(sql`messages where room = ${room}`),
      };
      expect(left).toEqual({ audit: 1, removals: 1, tokens: 1, bans: 1, invites: 1, knocks: 2, messages: 1 });
      await prune({ messageDays: 365 });
      expect(await count(sql`messages where room = ${room}`)).toBe(0);
    });

    it('is deleted in many small statements, the oldest lines first', async () => {
      const pruning = app().get(RetentionStore, { strict: false });
      await query(sql`insert into audit (action) select 'x.flood' from generate_series(1, 12000)`);
      const newest = Number((await query(sql`select max(id) as id from audit`))[0]?.['id']);
      const before = pruning.pruned;
      await prune({ auditMaxRows: 1_000 });
      expect(pruning.pruned - before).toBeGreaterThanOrEqual(11_000);
      expect(await count(sql`audit`)).toBe(1_000);
      expect(Number((await query(sql`select max(id) as id from audit`))[0]?.['id'])).toBe(newest);
    });
  });
};
