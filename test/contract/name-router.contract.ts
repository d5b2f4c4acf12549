import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_QUEUED_MESSAGES } from '../../src/names/name-claims.js';
import { MAX_PENDING_PER_SENDER } from '../../src/names/pending-message-quota.js';
import { until } from '../support/until.js';
import { aKey, holder, type NamesFixture, type NamesNode, TestHolder } from './names.fixture.js';

/** The contract of the name router on two nodes, over every adapter of `Names`. */
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

    it('delivers messages to names on this and on another node, in order', async () => {
      const [ada, near, far] = [await holder(here), await holder(here), await holder(there)];
      for (let n = 0; n < 50; n += 1) {
        for (const to of [near, far]) expect(await ada.send(to.key, `${n}`)).toBe('sent');
      }
      await until(() => far.received.length === 50);
      const all = Array.from({ length: 50 }, (_, n) => `${n}`);
      expect([near.received, far.received]).toEqual([all, all]);
    });

    it('delivers queued messages to the client that claims the name, before later ones', async () => {
      const ada = await holder(here);
      const bela = new TestHolder(there, aKey());
      for (const body of ['one', 'two']) expect(await ada.send(bela.key, body)).toBe('queued');
      const claimed = bela.claim();
      const sent = ada.send(bela.key, 'three');
      expect(await claimed).toBe(true);
      await sent;
      await until(() => bela.received.length === 3);
      expect(bela.received).toEqual(['one', 'two', 'three']);
    });

    it('reports expired messages to their sender once, and queues later ones again', async () => {
      const ada = await holder(here);
      const absent = aKey();
      for (const body of ['one', 'two', 'three']) await ada.send(absent, body);
      await until(() => ada.events.includes(`expired ${absent.name}`));
      const bela = await holder(there, absent);
      await ada.send(bela.key, 'late');
      await until(() => bela.received.length > 0);
      expect(bela.received).toEqual(['late']);
      expect(ada.events.filter((event) => event.startsWith('expired'))).toHaveLength(1);
    });

    it('reports a message that its receiver refused to the sender, on the same node and on another', async () => {
      const [ada, near, far] = [await holder(here), await holder(here), await holder(there)];
      for (const slow of [near, far]) slow.keepsUp = false;
      expect(await ada.send(near.key, 'x')).toBe('refused');
      expect(await ada.send(far.key, 'x')).toBe('sent');
      await until(() => ada.events.includes(`refused ${far.key.name}`));
      expect([near.received, far.received]).toEqual([[], []]);
    });

    it('reports nothing for messages that were delivered in time', async () => {
      const ada = await holder(here);
      const bela = new TestHolder(there, aKey());
      await ada.send(bela.key, 'x');
      await bela.claim();
      const absent = aKey();
      await ada.send(absent, 'expires later');
      await until(() => ada.events.includes(`expired ${absent.name}`));
      expect(ada.events).toEqual(['opened', `expired ${absent.name}`]);
    });

    it.each([
      ['the same node', () => here],
      ['another node', () => there],
    ])('moves a name to its owner on %s, notifies the previous socket, and refuses anyone else', async (_, where) => {
      const old = await holder(here);
      const outsider = new TestHolder(there, old.key, 'another owner');
      expect(await outsider.claim()).toBe(false);
      const next = await holder(where(), old.key);
      await until(() => old.events.includes('lost'));
      old.at.router.release(old.connection);
      await old.at.router.settled();
      const ada = await holder(there);
      await ada.send(old.key, 'for the new one');
      await until(() => next.received.length === 1);
      expect([old.received, outsider.events]).toEqual([[], []]);
    });

    it('frees a name when its socket closes', async () => {
      const ada = await holder(here);
      here.router.release(ada.connection);
      await here.router.settled();
      expect(await new TestHolder(there, ada.key, 'another owner').claim()).toBe(true);
    });

    it('frees a name, and keeps its queued messages, when the socket closes during the claim', async () => {
      const ada = await holder(there);
      const bela = new TestHolder(here, aKey());
      await ada.send(bela.key, 'x');
      const claimed = bela.claim();
      here.router.release(bela.connection);
      expect(await claimed).toBe(false);
      await here.router.settled();
      const next = await holder(there, bela.key, 'another owner');
      expect([bela.events, next.received]).toEqual([[], ['x']]);
    });

    it('frees the names of a dead node, and queues messages to them', async () => {
      const dying = await fixture.node();
      const ada = await holder(here);
      const victim = await holder(dying);
      const other = await holder(dying);
      expect(await new TestHolder(here, victim.key, 'another owner').claim()).toBe(false);
      await dying.bus.close();
      dying.router.stop();
      fixture.addTombstone(dying.id);
      expect(await new TestHolder(here, victim.key, 'another owner').claim()).toBe(true);
      await until(async () => (await ada.send(other.key, 'x')) === 'queued');
      await until(() => ada.events.includes(`expired ${other.key.name}`));
    });

    it('queues a message to a socket that has just closed, and reports its expiry', async () => {
      const ada = await holder(here);
      const key = aKey();
      // As if the node had not released the name in the store yet.
      const gone = { node: there.id, connection: 'a socket that is gone', proof: 'owner' };
      await there.names.claim(key, gone);
      expect(await ada.send(key, 'x')).toBe('sent');
      await until(() => ada.events.includes(`expired ${key.name}`));
    });

    it('claims its names again when the store has lost them', async () => {
      const [ada, bela] = [await holder(here), await holder(there)];
      await fixture.forget();
      await until(async () => (await here.names.route(bela.key, { from: 'probe', body: '' }, 0)).kind === 'held');
      expect(await ada.send(bela.key, 'again')).toBe('sent');
      await until(() => bela.received.includes('again'));
      expect(await new TestHolder(here, bela.key, 'another owner').claim()).toBe(false);
    });

    it('limits the messages that one sender queues, without a limit on others', async () => {
      const [ada, bela] = [await holder(here), await holder(here)];
      const sent = [];
      for (let n = 0; n < MAX_PENDING_PER_SENDER.names + 20; n += 1) sent.push(await ada.send(aKey(), 'x'));
      expect(sent.filter((result) => result === 'queued').length).toBeLessThanOrEqual(MAX_PENDING_PER_SENDER.names);
      expect(sent.at(-1)).toBe('refused');
      expect(await bela.send(aKey(), 'x')).toBe('queued');
      await until(() => here.router.waitingBytes === 0);
    });

    it('limits the messages queued for one name, and queues none that must not wait', async () => {
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
      expect([...(await here.router.list(tenant))].sort()).toEqual(['ada', 'bela']);
      expect(await there.router.list('no such tenant')).toEqual([]);
    });

    it('counts and drops malformed messages', async () => {
      const { invalidMessages: before } = there.router.stats;
      for (const text of ['', 'x', '{}\n', '{"kind":"deliver"}\n', '{"kind":"constructor"}\n', 'null\n'])
        here.bus.send(there.id, Buffer.concat([Buffer.from([0xe0]), Buffer.from(text)]));
      await until(() => there.router.stats.invalidMessages === before + 6);
    });
  });
};
