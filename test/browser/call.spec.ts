import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, PHONE, startBrowser } from '../support/browser.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';
import { type RunningNode, startNode } from '../support/start-node.js';

const FILE_BYTES = 5 * 1024 * 1024;

let browser: Browser;
const people: Person[] = [];
const at = async (url: string, name: string, viewport?: { width: number; height: number }): Promise<Person> => {
  const person = await Person.at(browser, url, name, viewport);
  people.push(person);
  return person;
};

beforeAll(async () => {
  browser = await startBrowser();
}, 60_000);
afterAll(() => browser.close());
afterEach(async () => {
  const faults = people.flatMap((person) => person.faults.map((fault) => `${person.name}: ${fault}`));
  await Promise.all(people.splice(0).map((person) => person.close()));
  expect(faults).toEqual([]);
});

/** Signed up through the page, in one room that the first one made. */
const meet = async (urls: string[], names: string[]): Promise<Person[]> => {
  const all = await Promise.all(names.map((name, n) => at(urls[n % urls.length] as string, name)));
  await Promise.all(all.map((person) => person.signUp()));
  const [first, ...others] = all as [Person, ...Person[]];
  const room = await first.makeRoom('Harbour watch');
  await first.join();
  for (const [n, person] of others.entries()) {
    await person.openRoom(urls[(n + 1) % urls.length] as string, room);
    await person.join();
  }
  return all;
};

const wholeCall = async (urls: string[], label: string): Promise<void> => {
  const [ada, bela] = (await meet(urls, ['Ada', 'Bela'])) as [Person, Person];
  await Promise.all([ada.seesPlaying(1), bela.seesPlaying(1)]);
  await ada.screenshot(`${label}-call-1440`);

  await ada.say('Can you hear me?');
  await bela.reads('Can you hear me?');
  await bela.say('Loud and clear');
  await ada.reads('Loud and clear');

  const files = [randomBytes(FILE_BYTES), randomBytes(FILE_BYTES)] as [Buffer, Buffer];
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  await ada.sendFile('chart.bin', files[0]);
  expect(await bela.hasFile('chart.bin')).toBe(hash(files[0]));
  await bela.sendFile('log.bin', files[1]);
  expect(await ada.hasFile('log.bin')).toBe(hash(files[1]));
  await ada.screenshot(`${label}-chat-1440`);

  await ada.get('screen-toggle').click();
  await bela.page.locator('[data-testid="screen-tile"] video').waitFor();
  await bela.page.waitForFunction(() => {
    const video = document.querySelector('[data-testid="screen-tile"] video') as HTMLVideoElement | null;
    return video !== null && video.getVideoPlaybackQuality().totalVideoFrames > 3;
  });
  await bela.screenshot(`${label}-screen-1440`);
  await ada.get('screen-toggle').click();
  await bela.get('screen-tile').waitFor({ state: 'detached' });

  await ada.get('mic-toggle').click();
  await bela.page.locator('[data-testid="tile"]:not([data-self])[data-audio="off"]').waitFor();
  await ada.get('camera-toggle').click();
  await bela.page.locator('[data-testid="tile"]:not([data-self])[data-video="off"]').waitFor();

  await bela.get('leave').click();
  await ada.page.locator('[data-testid="tile"]:not([data-self])').waitFor({ state: 'detached' });
};

describe('a call through two nodes that only Redis joins', () => {
  let cluster: Cluster | undefined;
  const urls = () => (cluster as Cluster).nodes.map((node) => node.url);

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2 });
  }, 120_000);
  afterAll(() => cluster?.stop());

  it('has video, chat, files, a shared screen, and an end', () => wholeCall(urls(), 'two-nodes'), 180_000);

  it('is a full mesh of four, and every video plays', async () => {
    const all = await meet(urls(), ['Ada', 'Bela', 'Cyril', 'Dana']);
    await Promise.all(all.map((person) => person.seesPlaying(3)));
    await (all[0] as Person).screenshot('mesh-of-four-1440');
    await (all[0] as Person).page.setViewportSize(PHONE);
    await (all[0] as Person).screenshot('mesh-of-four-390');
  }, 180_000);
});

describe('a call through one embedded node', () => {
  let node: RunningNode | undefined;
  const url = () => (node as RunningNode).url;

  beforeAll(async () => {
    node = await startNode();
  }, 90_000);
  afterAll(() => node?.stop());

  it('has video, chat, files, a shared screen, and an end', () => wholeCall([url()], 'one-node'), 180_000);

  it('admits a guest by the room’s link', async () => {
    const ada = await at(url(), 'Ada');
    await ada.signUp();
    const room = await ada.makeRoom('Open house');
    await ada.join();
    const guest = await at(`${url()}/#/rooms/${room}`, 'Gusta', PHONE);
    await guest.get('guest-name').fill('Gusta');
    await guest.screenshot('guest-390');
    await guest.get('guest-submit').click();
    await guest.join();
    await Promise.all([ada.seesPlaying(1), guest.seesPlaying(1)]);
    await guest.screenshot('guest-call-390');
  }, 120_000);

  it('explains that a room does not exist', async () => {
    const ada = await at(url(), 'Ada');
    await ada.signUp();
    await ada.get('room-list').waitFor();
    await ada.openRoom(url(), 'NoSuchRoom12');
    await ada.get('failure').waitFor();
    expect(await ada.get('failure').textContent()).toMatch(/room/i);
    await ada.screenshot('room-not-found-1440');
  }, 60_000);
});
