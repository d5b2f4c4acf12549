import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_QUEUED_MESSAGES } from '../../src/names/name-claims.js';
import { MAX_PENDING_PER_SENDER } from '../../src/names/pending-message-quota.js';
import { until } from '../support/until.js';
import { aKey, holder, type NamesFixture, type NamesNode, TestHolder } from './names.fixture.js';

/** What sockets of two nodes see of each other by their names, whatever is under them. */
export const nameRouterContract = (title: string, start: () => Promise<NamesFixture>): void => {
  describe(`name router: ${title}`, () => {
    let fixture: NamesFixture;
    let here: NamesNode;
    let there: NamesNode;
    beforeAll(async () => {
      fixture = await start();
      [here, there] = [await fixture.node(), await fixture.node()];
    }, 60_000);
    afterAll(() => fixture.stop());

    it('brings messages to a name on this node and on another, in order', async () => {
      const [ada, near, far] = [await holder(here), await holder(here), await holder(there)];
      for (let n = 0; n < 50; n += 1) {
        for (const to of [near, far]) expect(await ada.send(to.key, `${n}`)).toBe('sent');
      }
      await until(() => far.got.length === 50);
      const all = Array.from({ length: 50 }, (_, n) => `${n}`);
      expect([near.got, far.got]).toEqual([all, all]);
    });

    it('gives what waited to whoever comes, before what comes later', async () => {
      const ada = await holder(here);
      const bela = new TestHolder(there, aKey());
      for (const body of ['one', 'two']) expect(await ada.send(bela.key, body)).toBe('queued');
      const claimed = bela.claim();
      const sent = ada.send(bela.key, 'three');
      expect(await claimed).toBe(true);
      await sent;
      await until(() => bela.got.length === 3);
      expect(bela.got).toEqual(['one', 'two', 'three']);
    });

    it('tells a sender once that nobody came, and what is sent later waits anew', async () => {
      const ada = await holder(here);
      const absent = aKey();
      for (const body of ['one', 'two', 'three']) await ada.send(absent, body);
      await until(() => ada.events.includes(`expired ${absent.name}`));
      const bela = await holder(there, absent);
      await ada.send(bela.key, 'late');
      await until(() => bela.got.length > 0);
      expect(bela.got).toEqual(['late']);
      expect(ada.events.filter((event) => event.startsWith('expired'))).toHaveLength(1);
    });

    it('tells a sender of a message that its receiver did not take, on the same node and on another', async () => {
      const [ada, near, far] = [await holder(here), await holder(here), await holder(there)];
      for (const slow of [near, far]) slow.keepsUp = false;
      expect(await ada.send(near.key, 'x')).toBe('refused');
      expect(await ada.send(far.key, 'x')).toBe('sent');
      await until(() => ada.events.includes(`refused ${far.key.name}`));
      expect([near.got, far.got]).toEqual([[], []]);
    });

    it('tells nobody of what was fetched in time', async () => {
      const ada = await holder(here);
      const bela = new TestHolder(there, aKey());
      await ada.send(bela.key, 'x');
      await bela.claim();
      const absent = aKey();
      await ada.send(absent, 'a letter whose end comes later');
      await until(() => ada.events.includes(`expired ${absent.name}`));
      expect(ada.events).toEqual(['opened', `expired ${absent.name}`]);
    });

    it.each([
      ['the same node', () => here],
      ['another node', () => there],
    ])('gives a name to its owner on %s, tells the socket before, and nobody else gets it', async (_, where) => {
      const old = await holder(here);
      const outsider = new TestHolder(there, old.key, 'a stranger');
      expect(await outsider.claim()).toBe(false);
      const next = await holder(where(), old.key);
      await until(() => old.events.includes('lost'));
      old.at.board.release(old.connection);
      await old.at.board.settled();
      const ada = await holder(there);
      await ada.send(old.key, 'for the new one');
      await until(() => next.got.length === 1);
      expect([old.got, outsider.events]).toEqual([[], []]);
    });

    it('frees a name with its socket', async () => {
      const ada = await holder(here);
      here.board.release(ada.connection);
      await here.board.settled();
      expect(await new TestHolder(there, ada.key, 'somebody else').claim()).toBe(true);
    });

    it('frees a name, and keeps its letters, when the socket goes during the claim', async () => {
      const ada = await holder(there);
      const bela = new TestHolder(here, aKey());
      await ada.send(bela.key, 'x');
      const claimed = bela.claim();
      here.board.release(bela.connection);
      expect(await claimed).toBe(false);
      await here.board.settled();
      const next = await holder(there, bela.key, 'somebody else');
      expect([bela.events, next.got]).toEqual([[], ['x']]);
    });

    it('frees the names of a node that died, and lets what is sent to them wait', async () => {
      const dying = await fixture.node();
      const ada = await holder(here);
      const victim = await holder(dying);
      const other = await holder(dying);
      expect(await new TestHolder(here, victim.key, 'somebody else').claim()).toBe(false);
      await dying.bus.close();
      dying.board.stop();
      fixture.addTombstone(dying.id);
      expect(await new TestHolder(here, victim.key, 'somebody else').claim()).toBe(true);
      await until(async () => (await ada.send(other.key, 'x')) === 'queued');
      await until(() => ada.events.includes(`expired ${other.key.name}`));
    });

    it('lets wait what came to a socket that had just gone, and tells its sender in the end', async () => {
      const ada = await holder(here);
      const key = aKey();
      // As if its node had not told the store yet.
      const gone = { node: there.id, connection: 'a socket that is gone', proof: 'owner' };
      await there.names.claim(key, gone);
      expect(await ada.send(key, 'x')).toBe('sent');
      await until(() => ada.events.includes(`expired ${key.name}`));
    });

    it('puts its names back when the store has forgotten them', async () => {
      const [ada, bela] = [await holder(here), await holder(there)];
      await fixture.forget();
      await until(async () => (await here.names.route(bela.key, { from: 'probe', body: '' }, 0)).kind === 'held');
      expect(await ada.send(bela.key, 'again')).toBe('sent');
      await until(() => bela.got.includes('again'));
      expect(await new TestHolder(here, bela.key, 'somebody else').claim()).toBe(false);
    });

    it('keeps no more for absent names than one sender may, and the letters of others', async () => {
      const [ada, bela] = [await holder(here), await holder(here)];
      const sent = [];
      for (let n = 0; n < MAX_PENDING_PER_SENDER.names + 20; n += 1) sent.push(await ada.send(aKey(), 'x'));
      expect(sent.filter((result) => result === 'queued').length).toBeLessThanOrEqual(MAX_PENDING_PER_SENDER.names);
      expect(sent.at(-1)).toBe('refused');
      expect(await bela.send(aKey(), 'x')).toBe('queued');
      await until(() => here.board.waitingBytes === 0);
    });

    it('keeps no more for one name than it may, and nothing that must not wait', async () => {
      const key = aKey();
      const [ada, bela] = [await holder(here), await holder(there)];
      for (let n = 0; n < MAX_QUEUED_MESSAGES / 2; n += 1) for (const who of [ada, bela]) await who.send(key, 'x');
      expect(await ada.send(key, 'one too many')).toBe('refused');
      expect(await ada.send(aKey(), 'not to wait', false)).toBe('refused');
    });

    it('lists the names of a tenant on all nodes', async () => {
      const tenant = `tenant ${Math.random()}`;
      await holder(here, { tenant, name: 'ada' });
      await holder(there, { tenant, name: 'bela' });
      expect([...(await here.board.list(tenant))].sort()).toEqual(['ada', 'bela']);
      expect(await there.board.list('nobody')).toEqual([]);
    });

    it('counts and drops what no node of ours says', async () => {
      const { invalidMessages: unexpected } = there.board.stats;
      for (const text of ['', 'x', '{}\n', '{"kind":"deliver"}\n', '{"kind":"constructor"}\n', 'null\n'])
        here.bus.send(there.id, Buffer.concat([Buffer.from([0xe0]), Buffer.from(text)]));
      await until(() => there.board.stats.invalidMessages === unexpected + 6);
    });
  });
};
