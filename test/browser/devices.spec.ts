import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { FAKE_PROMPT, Person, PHONE, startBrowser } from '../support/browser.js';
import { type RunningNode, startNode } from '../support/start-node.js';

const FAKE_DEVICES = '--use-fake-device-for-media-stream';

/** What a user sees whose camera or microphone the browser does not give. */
describe('the device check', () => {
  let node: RunningNode;
  /** It asks, and the test answers. */
  let asking: Browser;
  /** It has a microphone and no camera. */
  let cameraless: Browser;
  let person: Person | undefined;

  beforeAll(async () => {
    node = await startNode();
    asking = await startBrowser(undefined, { without: [FAKE_PROMPT] });
    cameraless = await startBrowser(undefined, { without: [FAKE_DEVICES], flags: [`${FAKE_DEVICES}=device-count=0`] });
  }, 120_000);
  afterEach(async () => {
    const faults = person?.faults;
    await person?.close();
    person = undefined;
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await node?.stop();
    await Promise.all([asking?.close(), cameraless?.close()]);
  });

  /** Ada at the device check of a new room. */
  const check = async (browser: Browser, allowed?: string[], viewport?: typeof PHONE): Promise<Person> => {
    const ada = await Person.at(browser, node.url, 'Ada', viewport);
    person = ada;
    if (allowed) await ada.page.context().grantPermissions(allowed);
    await ada.signUp();
    await ada.get('room-list').waitFor();
    await ada.makeRoom('Harbour watch');
    return ada;
  };
  const isOn = (ada: Person, device: 'mic' | 'camera', on: boolean) =>
    ada.page.locator(`[data-testid="device-${device}"][aria-pressed="${on}"]`).waitFor();
  /** The codes of all problems that are shown, once there is one. */
  const problems = async (ada: Person): Promise<(string | null)[]> => {
    await ada.get('device-problem').first().waitFor();
    await ada.page.locator('.preview-status', { hasText: 'Allow your browser' }).waitFor({ state: 'detached' });
    return ada.get('device-problem').evaluateAll((all) => all.map((one) => one.getAttribute('data-code')));
  };

  it('opens the microphone while the camera is blocked, and the camera once it is allowed', async () => {
    const ada = await check(asking, ['microphone']);
    await isOn(ada, 'mic', true);
    await isOn(ada, 'camera', false);
    expect(await problems(ada)).toEqual(['camera_NotAllowedError']);
    await ada.screenshot('camera-blocked-1440');
    await ada.page.context().grantPermissions(['camera', 'microphone']);
    await ada.get('device-problem').getByRole('button').click();
    await isOn(ada, 'camera', true);
    await isOn(ada, 'mic', true);
    await ada.get('device-problem').waitFor({ state: 'detached' });
    await ada.join();
  }, 60_000);

  it('opens the camera while the microphone is blocked', async () => {
    const ada = await check(asking, ['camera'], PHONE);
    await isOn(ada, 'camera', true);
    await isOn(ada, 'mic', false);
    expect(await problems(ada)).toEqual(['microphone_NotAllowedError']);
    await ada.screenshot('microphone-blocked-390');
    await ada.join();
    await ada.get('mic-toggle').click();
    await ada.get('notice').filter({ hasText: 'The browser blocks your microphone' }).waitFor();
  }, 60_000);

  it('says once that both are blocked', async () => {
    const ada = await check(asking, ['notifications']);
    expect(await problems(ada)).toEqual(['NotAllowedError']);
    await ada.screenshot('both-blocked-1440');
    await ada.join();
  }, 60_000);

  it('opens the microphone where there is no camera', async () => {
    const ada = await check(cameraless);
    await isOn(ada, 'mic', true);
    expect(await problems(ada)).toEqual(['camera_NotFoundError']);
    await ada.join();
  }, 60_000);
});
