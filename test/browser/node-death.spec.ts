import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Balancer, startBalancer } from '../../scripts/balancer.mjs';
import { Person, startBrowser } from '../support/browser.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';

/** A picture without a new frame for so long has stopped; a busy machine alone does not do that. */
const STOPPED_MS = 10_000;

/** Counts the frames of the other's video four times a second, and keeps the longest time without a new one. */
const watchVideo = (person: Person): Promise<void> =>
  person.page.evaluate(() => {
    const state = { frames: 0, since: performance.now(), longestMs: 0, replaced: 0, video: null as Element | null };
    Object.assign(window, { watched: state });
    setInterval(() => {
      const video = document.querySelector('[data-testid="tile"]:not([data-self]) video') as HTMLVideoElement | null;
      if (video !== state.video) state.replaced += 1;
      state.video = video;
      const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
      const now = performance.now();
      if (frames > state.frames) state.since = now;
      state.frames = frames;
      state.longestMs = Math.max(state.longestMs, now - state.since);
    }, 250);
  });

const longestStillMs = (person: Person): Promise<{ longestMs: number; replaced: number }> =>
  person.page.evaluate(() => (window as unknown as { watched: { longestMs: number; replaced: number } }).watched);

describe('a running call behind a load balancer', () => {
  let browser: Browser;
  let cluster: Cluster | undefined;
  let balancer: Balancer | undefined;
  const people: Person[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    cluster = await startCluster({ nodes: 3 });
    balancer = await startBalancer(() => (cluster as Cluster).nodes.map((node) => node.url));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await balancer?.stop();
    await cluster?.stop();
    await browser.close();
  });

  const someone = async (name: string): Promise<Person> => {
    const person = await Person.at(browser, (balancer as Balancer).url, name);
    people.push(person);
    await person.signUp();
    await person.get('room-list').waitFor();
    return person;
  };

  it('goes on when its nodes are killed one after another: video never stops, chat resumes, new participants can join', async () => {
    const { url } = balancer as Balancer;
    const nodes = (cluster as Cluster).nodes;
    const ada = await someone('Ada');
    const bela = await someone('Bela');
    const room = await ada.makeRoom('Storm');
    await ada.join();
    await bela.openRoom(url, room);
    await bela.join();
    await Promise.all([ada.seesPlaying(1), bela.seesPlaying(1)]);
    await Promise.all([watchVideo(ada), watchVideo(bela)]);

    for (const [round, victim] of [nodes[0], nodes[1]].entries()) {
      await victim?.kill();
      await ada.say(`Still there? ${round}`);
      await bela.reads(`Still there? ${round}`);
      await bela.say(`Of course ${round}`);
      await ada.reads(`Of course ${round}`);
    }
    const cyril = await someone('Cyril');
    await cyril.openRoom(url, room);
    await cyril.join();
    await Promise.all([ada.seesPlaying(2), bela.seesPlaying(2), cyril.seesPlaying(2)]);
    await ada.screenshot('after-two-node-deaths-1440');

    for (const person of [ada, bela]) {
      const { longestMs, replaced } = await longestStillMs(person);
      // The element that shows the other was never taken away, and its frames went on.
      expect(replaced).toBe(1);
      expect(longestMs).toBeLessThan(STOPPED_MS);
      expect(person.faults.filter((fault) => !fault.includes('WebSocket'))).toEqual([]);
    }
  }, 180_000);
});
