import { describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../../../src/database/database.tokens.js';
import { RetentionStore } from '../../../src/scheduler/retention.store.js';
import type { World } from './world.js';

const RETENTION = {
  auditDays: 90,
  auditMaxRows: 1_000_000,
  auditMaxRowsPerActor: 100_000,
  removalDays: 30,
  messageDays: 0,
};

/** The last suite: it deletes what the others have left. */
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

  describe('retention', () => {
    it('deletes rows when they expire, and not before', async () => {
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

    it('limits the audit log per actor and room, and evicts from those with the most entries', async () => {
      const [loud, quiet, elsewhere] = ['loud', 'quiet', 'elsewhere'].map((name) => world.uniqueName(name)) as [
        string,
        string,
        string,
      ];
      const add = (actor: string | null, room: string | null, ip: string | null, times: number) =>
        query(sql`insert into audit (actor, room, ip, action)
          select ${actor}::text, ${room}::text, ${ip}::text, 'x.y' from generate_series(1, ${times}::int)`);
      await add(quiet, loud, null, 3);
      await add(null, null, quiet, 3);
      await add(loud, loud, null, 700);
      await add(loud, elsewhere, null, 60);
      await add(null, null, loud, 700);
      const left = async () => [
        await count(sql`audit where actor = ${quiet}`),
        await count(sql`audit where ip = ${quiet}`),
        await count(sql`audit where actor = ${loud} and room = ${loud}`),
        await count(sql`audit where actor = ${loud} and room = ${elsewhere}`),
        await count(sql`audit where ip = ${loud}`),
      ];
      await prune({ auditMaxRowsPerActor: 100 });
      expect(await left()).toEqual([3, 3, 100, 60, 100]);
      await prune({ auditMaxRows: (await count(sql`audit`)) - 60 });
      expect((await left()).slice(0, 2)).toEqual([3, 3]);
    });

    it('deletes in many small statements, the oldest rows first', async () => {
      const pruning = app().get(RetentionStore, { strict: false });
      await query(sql`insert into audit (action) select 'x.flood' from generate_series(1, 12000)`);
      const newest = Number((await query(sql`select max(id) as id from audit`))[0]?.['id']);
      const before = pruning.pruned;
      await prune({ auditMaxRows: 1_000 });
      expect(pruning.pruned - before).toBeGreaterThanOrEqual(11_000);
      expect(await count(sql`audit`)).toBeLessThanOrEqual(1_000);
      expect(Number((await query(sql`select max(id) as id from audit`))[0]?.['id'])).toBe(newest);
    });
  });
};
