import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, startBrowser } from '../support/browser.js';
import { LOOKS } from '../support/drawn-person.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';

/** The picture of the README: `test-output/screenshots/readme-call.png` is copied to `docs/images/call.png`. */
describe('a call of two people on two nodes', () => {
  let browser: Browser;
  let cluster: Cluster | undefined;
  const people: Person[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    cluster = await startCluster({ nodes: 2 });
  }, 120_000);
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await cluster?.stop();
    await browser.close();
  });

  it('looks as the README shows it', async () => {
    const [first, second] = (cluster as Cluster).nodes.map((node) => node.url) as [string, string];
    const ada = await Person.at(browser, first, 'Ada', undefined, LOOKS.Ada);
    const bela = await Person.at(browser, second, 'Bela', undefined, LOOKS.Bela);
    people.push(ada, bela);
    await Promise.all([ada.signUp(), bela.signUp()]);
    const room = await ada.makeRoom('Harbour watch');
    await ada.join();
    await bela.get('lobby').waitFor();
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
    // Notices of who came in go away by themselves.
    await ada.get('notice').first().waitFor({ state: 'detached', timeout: 30_000 });
    await ada.screenshot('readme-call');
  }, 120_000);
});
