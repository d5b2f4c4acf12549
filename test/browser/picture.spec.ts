import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, startBrowser } from '../support/browser.js';
import { LOOKS, type Looks } from '../support/drawn-person.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';

/**
 * The pictures of the READMEs: `readme-call.png` and `readme-people.png` of `test-output/screenshots` are copied to
 * `docs/images/` as `call.png` and `people.png`.
 */
describe('a call of two people on two nodes', () => {
  let browser: Browser;
  let cluster: Cluster | undefined;
  const people: Person[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    cluster = await startCluster({ nodes: 2 });
  }, 120_000);
  const urls = () => (cluster as Cluster).nodes.map((node) => node.url) as [string, string];
  afterEach(async () => {
    await Promise.all(people.splice(0).map((person) => person.close()));
  });
  afterAll(async () => {
    await cluster?.stop();
    await browser.close();
  });

  it('looks as the README shows it', async () => {
    const [first, second] = urls();
    const ada = await Person.at(browser, first, 'Ada', undefined, LOOKS.Ada);
    const bela = await Person.at(browser, second, 'Bela', undefined, LOOKS.Bela);
    people.push(ada, bela);
    await Promise.all([ada.signUp(), bela.signUp()]);
    const room = await ada.makeRoom('Harbour watch');
    await ada.join();
    await bela.get('room-list').waitFor();
    await bela.openRoom(second, room);
    await bela.join();
    await Promise.all([ada.seesPlaying(1), bela.seesPlaying(1)]);
    const talk: [Person, Person, string][] = [
      [bela, ada, 'Morning! Is the ferry in yet?'],
      [ada, bela, 'Just past the lighthouse. Ten minutes.'],
      [bela, ada, 'The tide table: https://parley.example/tides'],
    ];
    for (const [speaker, listener, text] of talk) {
      await speaker.say(text);
      await listener.reads(text);
    }
    await bela.sendFile('harbour-chart.pdf', Buffer.alloc(1_800_000, 7));
    await ada.hasFile('harbour-chart.pdf');
    // Notices of participants who joined disappear automatically.
    await ada.get('notice').first().waitFor({ state: 'detached', timeout: 30_000 });
    await ada.screenshot('readme-call');
  }, 120_000);

  it('has a lobby, as the demo’s README shows it', async () => {
    const [first, second] = urls();
    const ada = await Person.at(browser, first, 'Ada', undefined, LOOKS.Ada);
    people.push(ada);
    await ada.signUp();
    const room = await ada.makeRoom('Captain’s table', 'lobby');
    await ada.join();
    const knock = async (name: string, looks?: Looks): Promise<Person> => {
      const guest = await Person.at(browser, `${second}/#/rooms/${room}`, name, undefined, looks);
      people.push(guest);
      await guest.get('guest-name').fill(name);
      await guest.get('guest-submit').click();
      await guest.get('device-join').click();
      await guest.get('knocking').waitFor();
      return guest;
    };
    const bela = await knock('Bela', LOOKS.Bela);
    await ada.get('knock-admit').click();
    await bela.get('call').waitFor();
    await Promise.all([ada.seesPlaying(1), bela.seesPlaying(1)]);
    await ada.openPeople();
    await knock('Cyril');
    await knock('Dana');
    await ada.get('knock').filter({ hasText: 'Dana' }).waitFor();
    await ada.rowOf('Bela').getByTestId('person-more').click();
    await ada.get('notice').first().waitFor({ state: 'detached', timeout: 30_000 });
    await ada.page.mouse.move(0, 0);
    await ada.screenshot('readme-people');
  }, 120_000);
});
