import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, PHONE, startBrowser } from '../support/browser.js';
import { type RunningNode, startNode } from '../support/start-node.js';

/** A name of the local network: unlike localhost, no secure context (W3C Secure Contexts §3.1). */
const NAME = 'parley.lan';

describe('the demo over plain http by a name of the local network', () => {
  let browser: Browser;
  let node: RunningNode;
  const people: Person[] = [];

  beforeAll(async () => {
    browser = await startBrowser(undefined, { flags: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`] });
    node = await startNode();
  }, 120_000);
  afterEach(async () => {
    const faults = people
      .flatMap((person) => person.faults.map((fault) => `${person.name}: ${fault}`))
      .filter(
        // The browser's note that this header takes effect on secure pages only.
        (fault) => !fault.includes('The Cross-Origin-Opener-Policy header has been ignored'),
      );
    await Promise.all(people.splice(0).map((person) => person.close()));
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await node?.stop();
    await browser?.close();
  });

  const url = () => `http://${NAME}:${new URL(node.url).port}`;
  const at = async (name: string, viewport?: { width: number; height: number }): Promise<Person> => {
    const person = await Person.at(browser, url(), name, viewport);
    people.push(person);
    return person;
  };

  it('signs up, stays signed in, and has a call without camera and microphone', async () => {
    const ada = await at('Ada');
    expect(await ada.page.evaluate(() => [isSecureContext, 'randomUUID' in crypto])).toEqual([false, false]);
    await ada.signUp();
    await ada.get('room-list').waitFor();
    await ada.page.reload();
    const room = await ada.makeRoom('Harbour watch');
    await ada.page.locator('[data-testid="device-problem"][data-code="insecure_context"]').waitFor();
    await ada.screenshot('insecure-check-1440');
    await ada.join();

    const bela = await at('Bela', PHONE);
    await bela.signUp();
    await bela.get('room-list').waitFor();
    await bela.openRoom(url(), room);
    await bela.page.locator('[data-testid="device-problem"][data-code="insecure_context"]').waitFor();
    await bela.screenshot('insecure-check-390');
    await bela.join();
    await ada.seesTiles(1);

    await ada.say('Can you read me?');
    await bela.reads('Can you read me?');
    await bela.sendFile('chart.bin', Buffer.alloc(100_000, 7));
    expect(await ada.hasFile('chart.bin')).toMatch(/^[0-9a-f]{64}$/);

    await ada.get('camera-toggle').click();
    await ada.get('notice').filter({ hasText: 'Camera and microphone require a secure page' }).waitFor();
    await ada.get('screen-toggle').click();
    await ada.get('notice').filter({ hasText: 'Screen sharing requires a secure page' }).waitFor();
  }, 180_000);

  it('logs in again after logging out', async () => {
    const ada = await at('Ada');
    await ada.signUp();
    await ada.get('room-list').waitFor();
    await ada.page.evaluate(() => sessionStorage.clear());
    await ada.page.reload();
    await ada.logIn();
    await ada.get('room-list').waitFor();
  }, 60_000);
});
