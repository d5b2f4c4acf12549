import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, startBrowser } from '../support/browser.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';

const ROUNDS = [1, 2, 3];
const OTHER = '[data-testid="tile"]:not([data-self])';
const SCREEN = '[data-testid="screen-tile"] video';

/**
 * Every media action three times in a row, judged from the other side. A browser keeps senders, m-lines and streams of
 * the first time, so only a later time shows whether the SDK uses them again correctly.
 */
describe('what people do again and again in a call', () => {
  let browser: Browser;
  let cluster: Cluster;
  const people: Person[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    cluster = await startCluster({ nodes: 2 });
  }, 180_000);
  afterEach(async () => {
    const faults = people.flatMap((person) => person.faults.map((fault) => `${person.name}: ${fault}`));
    await Promise.all(people.splice(0).map((person) => person.close()));
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await cluster?.stop();
    await browser?.close();
  });

  const arrive = async (name: string, room?: string): Promise<{ person: Person; room: string }> => {
    const url = cluster.nodes[people.length % cluster.nodes.length]?.url as string;
    const person = await Person.at(browser, url, name);
    people.push(person);
    await person.signUp();
    await person.get('room-list').waitFor();
    if (room !== undefined) await person.openRoom(url, room);
    const id = room ?? (await person.makeRoom('Harbour watch'));
    await person.join();
    return { person, room: id };
  };
  const pair = async (): Promise<{ ada: Person; bela: Person; room: string }> => {
    const { person: ada, room } = await arrive('Ada');
    const { person: bela } = await arrive('Bela', room);
    await Promise.all([ada.seesPlaying(1), bela.seesPlaying(1)]);
    return { ada, bela, room };
  };
  const stopScreen = async (person: Person, watcher: Person) => {
    await person.get('screen-toggle').click();
    await Promise.all([person, watcher].map((one) => one.get('screen-tile').waitFor({ state: 'detached' })));
  };

  it('a screen is shown each time it is shared, by either side, and to those who join meanwhile', async () => {
    const { ada, bela, room } = await pair();
    for (const round of ROUNDS) {
      for (const [presenter, watcher] of [
        [ada, bela],
        [bela, ada],
      ] as const) {
        await presenter.get('screen-toggle').click();
        await watcher.seesMoving(SCREEN, 1);
        if (presenter === ada) {
          const { person: cyril } = await arrive(`Cyril${round}`, room);
          await Promise.all([cyril.seesMoving(SCREEN, 1), cyril.seesMoving(`${OTHER} video`, 2)]);
          await stopScreen(presenter, watcher);
          await presenter.get('screen-toggle').click();
          await Promise.all([cyril.seesMoving(SCREEN, 1), watcher.seesMoving(SCREEN, 1)]);
          await cyril.get('leave').click();
          await Promise.all([presenter, watcher].map((one) => one.seesTiles(1)));
        }
        await stopScreen(presenter, watcher);
      }
    }
    await Promise.all([ada, bela].map((one) => one.seesMoving(`${OTHER} video`, 1)));
  }, 300_000);

  it('camera and microphone come back each time they are turned on', async () => {
    const { ada, bela } = await pair();
    for (const [person, watcher] of ROUNDS.flatMap(() => [[ada, bela] as const, [bela, ada] as const])) {
      const shows = (state: string) => watcher.page.locator(`${OTHER}[data-${state}]`).waitFor();
      await person.get('camera-toggle').click();
      await shows('video="off"');
      await person.get('camera-toggle').click();
      await shows('video="on"');
      await watcher.seesMoving(`${OTHER} video`, 1);
      await person.get('mic-toggle').click();
      await shows('audio="off"');
      await person.get('mic-toggle').click();
      await shows('audio="on"');
    }
  }, 180_000);

  it('a participant who may publish again shows the camera and the screen again', async () => {
    const { ada, bela } = await pair();
    for (const _ of ROUNDS) {
      await bela.get('screen-toggle').click();
      await ada.seesMoving(SCREEN, 1);
      await ada.act('publish', 'Bela');
      await ada.get('screen-tile').waitFor({ state: 'detached' });
      await ada.page.locator(`${OTHER}[data-video="off"]`).waitFor();
      await bela.get('banner-media-revoked').waitFor();
      await ada.act('publish', 'Bela');
      await bela.get('banner-media-revoked').waitFor({ state: 'detached' });
      await bela.get('camera-toggle').click();
      await ada.page.locator(`${OTHER}[data-video="on"]`).waitFor();
      await ada.seesMoving(`${OTHER} video`, 1);
    }
  }, 180_000);
});
