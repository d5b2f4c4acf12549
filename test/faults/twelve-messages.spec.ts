import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Client } from './clients.js';
import { useStage } from './stage.js';

const MESSAGES = 12;
const EVERY_MS = 250;

describe('twelve messages to a receiver', () => {
  const stage = useStage({ nodes: 2 });

  const BREAKS: Readonly<Record<string, (receiver: Client) => Promise<unknown>>> = {
    'whose transport is dropped': (receiver) => receiver.command('cut'),
    'whose node is asked to end': async (receiver) => stage.fleet.terminate(await stage.slotOf(receiver)),
    'whose node is killed': async (receiver) => stage.fleet.kill(await stage.slotOf(receiver)),
  };

  it.each(Object.entries(BREAKS))(
    '%s: all arrive, once and in order, in the same session',
    async (_name, breakIt) => {
      const [sender, receiver] = (await stage.room(2)) as [Client, Client];
      const before = await receiver.view();
      let broken: Promise<unknown> | undefined;
      for (let n = 0; n < MESSAGES; n += 1) {
        if (n === 3) broken = breakIt(receiver);
        await sender.send(1, before.self);
        await wait(EVERY_MS);
      }
      await broken;
      const { results } = await sender.until(({ waiting }) => waiting === 0);
      expect(results.map(({ result }) => result)).toEqual(Array(MESSAGES).fill('delivered'));
      const after = await receiver.view();
      expect(after.received).toEqual(results.map(({ id }) => id));
      expect(after).toMatchObject({ session: before.session, self: before.self, attached: true });
      const { rosterEvents } = await sender.view();
      expect(rosterEvents.filter(({ event }) => event === 'left')).toEqual([]);
      await stage.judge();
    },
    90_000,
  );
});

describe('while Redis is killed', () => {
  const stage = useStage({ nodes: 2 });

  it('no lost signal is reported as delivered, local peers continue, and afterwards all arrive', async () => {
    const [here, there] = (await stage.room(2)) as [Client, Client];
    const account = await stage.fleet.account();
    const first = stage.fleet.slot(0);
    const [one, two] = [await stage.connect(account, first), await stage.connect(account, first)];
    await one.until(({ roster }) => Object.keys(roster ?? {}).length === 2);
    const processes = stage.fleet.slots.map(({ node }) => node?.process.pid);

    stage.note('redis_empty');
    await stage.fleet.redis.kill();
    await here.send(5, await there.self());
    await one.send(5, await two.self());
    const neighbours = await one.until(({ waiting }) => waiting === 0);
    expect(neighbours.results.map(({ result }) => result)).toEqual(Array(5).fill('delivered'));
    for (const slot of stage.fleet.slots) {
      expect([await stage.fleet.health(slot, 'ready'), await stage.fleet.health(slot, 'live')]).toEqual([503, 200]);
    }
    expect((await here.view()).results).toEqual([]);
    expect((await there.view()).received).toEqual([]);

    await stage.fleet.redis.restart();
    stage.note('redis_empty', 'stop');
    const { results } = await here.until(({ waiting }) => waiting === 0);
    expect(results.map(({ result }) => result)).toEqual(Array(5).fill('delivered'));
    expect((await there.view()).received).toEqual(results.map(({ id }) => id));
    await stage.fleet.whenReady();
    for (const { rosterEvents, states } of await stage.clients.views()) {
      expect(rosterEvents.filter(({ event }) => event === 'left')).toEqual([]);
      expect(states).toEqual(['connecting', 'connected']);
    }
    expect(stage.fleet.slots.map(({ node }) => node?.process.pid)).toEqual(processes);
    await stage.judge();
  }, 90_000);
});
