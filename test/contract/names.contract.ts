import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Names } from '../../src/names/names.js';
import { until } from '../support/until.js';
import { aKey, type NamesFixture, type NamesNode } from './names.fixture.js';
import { aNode } from './presence.fixture.js';

const aClaim = (proof = 'owner') => ({ node: aNode(), connection: randomBytes(9).toString('base64url'), proof });

/** The contract of every adapter of {@link Names}, with two nodes. */
export const namesContract = (title: string, start: () => Promise<NamesFixture>): void => {
  describe(`names: ${title}`, () => {
    let fixture: NamesFixture;
    let nodes: readonly [NamesNode, NamesNode];
    let one: Names;
    let two: Names;
    beforeAll(async () => {
      fixture = await start();
      nodes = [await fixture.node(), await fixture.node()];
      [one, two] = [nodes[0].names, nodes[1].names];
    }, 60_000);
    afterAll(() => fixture.stop());

    it('gives a free name to one of a hundred simultaneous claims', async () => {
      const key = aKey();
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, n) => (n % 2 ? one : two).claim(key, aClaim(`owner ${n}`))),
      );
      expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    });

    it('gives a name to the same owner again, and names the location that this replaced', async () => {
      const key = aKey();
      const [before, after] = [aClaim(), aClaim()];
      expect(await one.claim(key, before)).toEqual({ kind: 'claimed', messages: [], replaced: undefined });
      const { node, connection } = before;
      expect(await two.claim(key, after)).toEqual({ kind: 'claimed', messages: [], replaced: { node, connection } });
      expect(await one.claim(key, aClaim('another owner'))).toEqual({ kind: 'taken', node: after.node });
    });

    it('gives a name to anyone when the node of its holder is dead', async () => {
      const key = aKey();
      const dead = aClaim();
      await one.claim(key, dead);
      expect((await two.claim(key, aClaim('new'), aNode())).kind).toBe('taken');
      expect((await two.claim(key, aClaim('new'), dead.node)).kind).toBe('claimed');
    });

    it('frees a name when its holder releases it, not when a previous holder does', async () => {
      const key = aKey();
      const [old, current] = [aClaim(), aClaim()];
      await one.claim(key, old);
      await two.claim(key, current);
      expect(await one.release(key, old.connection)).toBe(false);
      expect((await one.claim(key, aClaim('other'))).kind).toBe('taken');
      expect(await one.release(key, current.connection)).toBe(true);
      expect((await one.claim(key, aClaim('other'))).kind).toBe('claimed');
    });

    it('separates tenants, and accepts any text as a name', async () => {
      const name = '}{:*\r\n☃ \u0000';
      for (const tenant of ['a', 'b', 'a:b', '', '~']) {
        const key = { tenant, name };
        expect((await one.claim(key, aClaim(tenant))).kind).toBe('claimed');
        expect((await two.route(key, { from: 'x', body: '' }, 1)).kind).toBe('held');
      }
    });

    it('queues messages for an absent name in order, and returns them to the next claim, once', async () => {
      const key = aKey();
      const messages = ['one', 'two with spaces\nand lines ☃', ''].map((body, n) => ({ from: `sender${n % 2}`, body }));
      for (const message of messages) expect(await one.route(key, message, 10)).toEqual({ kind: 'queued' });
      const claim = aClaim();
      expect(await two.claim(key, claim)).toMatchObject({ kind: 'claimed', messages });
      expect(await two.claim(key, claim)).toEqual({ kind: 'claimed', messages: [], replaced: undefined });
      const { node, connection } = claim;
      expect(await one.route(key, messages[0] as never, 10)).toEqual({ kind: 'held', node, connection });
    });

    it('limits the queued messages', async () => {
      const key = aKey();
      const route = (max: number) => one.route(key, { from: 'me', body: 'x' }, max);
      expect([await route(2), await route(2), await route(2)].map(({ kind }) => kind)).toEqual([
        'queued',
        'queued',
        'full',
      ]);
      expect((await one.route(aKey(), { from: 'me', body: 'x' }, 0)).kind).toBe('full');
    });

    it('withdraws the queued messages of one sender, and no others', async () => {
      const key = aKey();
      for (const from of ['me', 'men', 'me']) await one.route(key, { from, body: 'x' }, 10);
      expect([await two.withdraw(key, 'me'), await two.withdraw(key, 'me')]).toEqual([2, 0]);
      expect(await one.claim(key, aClaim())).toMatchObject({ messages: [{ from: 'men', body: 'x' }] });
      expect(await one.withdraw(key, 'men')).toBe(0);
    });

    it('queues a message for a name whose node is dead', async () => {
      const key = aKey();
      const dead = aClaim();
      await one.claim(key, dead);
      expect((await two.route(key, { from: 'me', body: 'x' }, 10, dead.node)).kind).toBe('queued');
      expect(await two.claim(key, aClaim(), dead.node)).toMatchObject({ messages: [{ body: 'x' }] });
    });

    it('drops queued messages that were not withdrawn', async () => {
      const key = aKey();
      const route = async () => (await one.route(key, { from: 'me', body: 'x' }, 1)).kind;
      expect([await route(), await route()]).toEqual(['queued', 'full']);
      await until(async () => (await route()) === 'queued');
    });

    it('restores a lost claim by a renewal, and takes no name from another holder by one', async () => {
      const key = aKey();
      const claim = aClaim();
      await one.claim(key, claim);
      expect((await one.renew(key, claim)).kind).toBe('claimed');
      await one.release(key, claim.connection);
      await two.route(key, { from: 'me', body: 'meanwhile' }, 1);
      expect(await one.renew(key, claim)).toMatchObject({ kind: 'claimed', messages: [{ body: 'meanwhile' }] });
      const next = aClaim();
      await two.claim(key, next);
      expect(await one.renew(key, claim)).toEqual({ kind: 'taken', node: next.node });
    });
  });
};
