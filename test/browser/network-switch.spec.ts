import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, startBrowser } from '../support/browser.js';
import { TestNetwork } from '../support/network.js';
import { type RunningNode, startNode } from '../support/start-node.js';

describe('a running call on a machine that changes its network', () => {
  const network = TestNetwork.create();
  let node: RunningNode | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    network.connect('wifi0', '10.77.1.2');
    node = await startNode({}, network.prefix);
    browser = await startBrowser(network);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
    network.remove();
  });

  /** The frames of the other's video so far. */
  const frames = (person: Person): Promise<number> =>
    person.page
      .locator('[data-testid="tile"]:not([data-self]) video')
      .evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);

  it('keeps the call: the media moves to the new address by itself', async () => {
    const { url } = node as RunningNode;
    const ada = await Person.at(browser as Browser, url, 'Ada');
    const bela = await Person.at(browser as Browser, url, 'Bela');
    await Promise.all([ada.signUp(), bela.signUp()]);
    const room = await ada.makeRoom('On the move');
    await ada.join();
    await bela.get('room-list').waitFor();
    await bela.openRoom(url, room);
    await bela.join();
    await Promise.all([ada.seesPlaying(1), bela.seesPlaying(1)]);

    network.disconnect('wifi0');
    network.connect('cell0', '10.77.2.2');
    // Frames that were under way may still come: the call lives when many more do.
    const [before, other] = await Promise.all([frames(ada), frames(bela)]);
    await ada.page.waitForFunction(
      (least) => {
        const video = document.querySelector('[data-testid="tile"]:not([data-self]) video') as HTMLVideoElement | null;
        return (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > least;
      },
      before + 60,
      { timeout: 60_000 },
    );
    expect(await frames(bela)).toBeGreaterThan(other);
    await ada.say('I walked out of the house');
    await bela.reads('I walked out of the house');
  }, 180_000);
});
