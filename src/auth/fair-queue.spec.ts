import { expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

/** One call at a time; each is finished by hand, and says its name when it starts. */
const stage = (maxWaiting = 100) => {
  const queue = new FairQueue(1, maxWaiting);
  const started: string[] = [];
  const refused: string[] = [];
  let finish = () => {};
  const ask = (network: string, account: string, name = `${network}/${account}`) => {
    const work = () => {
      started.push(name);
      return new Promise<void>((resolve) => (finish = resolve));
    };
    queue.run({ network, account }, work).catch(({ code }) => refused.push(`${name} ${code}`));
  };
  const turn = async () => {
    finish();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, started, refused, ask, turn };
};

it('lets networks take turns, however many calls of one wait', async () => {
  const { started, ask, turn } = stage();
  for (let n = 0; n < 5; n += 1) ask('flood', `user${n}`);
  ask('home', 'ada');
  for (let n = 0; n < 3; n += 1) await turn();
  expect(started).toEqual(['flood/user0', 'flood/user1', 'home/ada', 'flood/user2']);
});

it('lets the accounts of one network take turns', async () => {
  const { started, ask, turn } = stage();
  for (let n = 0; n < 4; n += 1) ask('office', 'ada');
  ask('office', 'grace');
  for (let n = 0; n < 3; n += 1) await turn();
  expect(started).toEqual(['office/ada', 'office/ada', 'office/grace', 'office/ada']);
});

it('is bounded: when it is full, the network with the most calls is refused, and others are not', async () => {
  const { queue, started, refused, ask, turn } = stage(3);
  ask('flood', 'a', 'first');
  for (const name of ['second', 'third', 'fourth', 'fifth']) ask('flood', 'a', name);
  ask('home', 'ada');
  await turn();
  await turn();
  expect(refused).toEqual(['fifth unavailable', 'fourth unavailable']);
  expect(started).toEqual(['first', 'second', 'home/ada']);
  expect(queue.waiting).toBe(1);
});

it('goes on after work that fails, and holds nothing when it is idle', async () => {
  const queue = new FairQueue(1, 1);
  const owner = { network: 'a', account: 'a' };
  const outcomes = await Promise.allSettled([
    queue.run(owner, () => Promise.reject(new Error('no'))),
    queue.run(owner, async () => 'yes'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(await queue.run(owner, async () => 'again')).toBe('again');
  expect(queue.waiting).toBe(0);
});
