import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, startBrowser } from '../support/browser.js';
import { Coturn } from '../support/coturn.js';
import { type RunningNode, startNode } from '../support/start-node.js';
import { until } from '../support/until.js';

const CREDENTIAL_SECONDS = 10;
/** Lifetimes of credentials that a call outlives here. */
const LIFETIMES = 4;

/** Somebody whose media may go over the relay alone, and when each of their credentials ends. */
interface Relayed {
  readonly person: Person;
  /** Seconds since the Unix epoch, in the order in which the server gave them. */
  readonly ends: number[];
}

describe('a call over the relay alone', () => {
  let browser: Browser;
  let coturn: Coturn | undefined;
  let node: RunningNode | undefined;
  const people: Person[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    coturn = await Coturn.start({
      loopbackPeers: true,
      // Browsers refresh their allocations before these end: with credentials that have ended by then.
      settings: ['max-allocate-lifetime=16', 'stale-nonce=12'],
    });
    node = await startNode({
      TURN_URLS: coturn.urls,
      TURN_SECRET: coturn.secret,
      TURN_CREDENTIAL_SECONDS: String(CREDENTIAL_SECONDS),
      HEARTBEAT_MS: '1000',
    });
  }, 90_000);
  afterAll(async () => {
    await node?.stop();
    await coturn?.stop();
    await browser.close();
  });
  afterEach(async () => {
    const faults = people.flatMap((person) => person.faults.map((fault) => `${person.name}: ${fault}`));
    await Promise.all(people.splice(0).map((person) => person.close()));
    expect(faults).toEqual([]);
  });

  const someone = async (name: string): Promise<Relayed> => {
    const person = await Person.at(browser, (node as RunningNode).url, name);
    people.push(person);
    const ends: number[] = [];
    person.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const frame = payload.toString();
        if (!/^\{"type":"(?:welcome|ice_servers)"/.test(frame)) return;
        for (const [, end] of frame.matchAll(/"username":"(\d+):/g)) ends.push(Number(end));
      }),
    );
    await person.signUp();
    await person.get('room-list').waitFor();
    return { person, ends };
  };

  const enter = async ({ person }: Relayed, room?: string): Promise<string> => {
    const id = room ?? (await person.makeRoom('Behind the wall'));
    if (room !== undefined) await person.openRoom((node as RunningNode).url, room);
    await person.get('device-relay-only').check();
    if (room === undefined) await person.screenshot('relay-only-check-1440');
    await person.join();
    return id;
  };

  const meet = async (): Promise<[Relayed, Relayed, string]> => {
    const [ada, bela] = await Promise.all([someone('Ada'), someone('Bela')]);
    const room = await enter(ada);
    await enter(bela, room);
    await Promise.all([ada.person.seesPlaying(1), bela.person.seesPlaying(1)]);
    return [ada, bela, room];
  };

  /** The server has replaced the credentials of this person's sign-in so often that the first ended long ago. */
  const outlive = ({ ends }: Relayed): Promise<unknown> =>
    until(
      () => ends.length > LIFETIMES && Date.now() / 1000 > (ends[0] as number) + (LIFETIMES - 1) * CREDENTIAL_SECONDS,
      120_000,
    );

  const frames = ({ person }: Relayed): Promise<number> =>
    person.page
      .locator('[data-testid="tile"]:not([data-self]) video')
      .first()
      .evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);

  const goesOn = async (relayed: Relayed): Promise<void> => {
    const before = await frames(relayed);
    await until(async () => (await frames(relayed)) > before + 60, 100_000);
  };

  it('plays, outlives the lifetimes of its credentials, and takes in who comes after them', async () => {
    const [ada, bela, room] = await meet();
    await ada.person.page.getByTestId('tile-stats').first().click();
    await ada.person.page.getByTestId('tile-route').filter({ hasText: 'Relayed' }).waitFor();
    await ada.person.screenshot('relay-only-1440');

    await Promise.all([outlive(ada), outlive(bela)]);
    expect([...ada.ends].sort((one, other) => one - other)).toEqual(ada.ends);
    await Promise.all([goesOn(ada), goesOn(bela)]);

    // Ada's and Bela's own connections to the newcomer need allocations now, by credentials that were pushed.
    const cyril = await someone('Cyril');
    await enter(cyril, room);
    await Promise.all([ada, bela, cyril].map(({ person }) => person.seesPlaying(2)));
    expect((coturn as Coturn).output).not.toMatch(/Cannot find credentials of user <\d+:u_/);
  }, 240_000);

  it('recovers after a restart of the relay: an open connection has the current credentials', async () => {
    const [ada, bela] = await meet();
    await Promise.all([outlive(ada), outlive(bela)]);
    await (coturn as Coturn).restart();
    await Promise.all([goesOn(ada), goesOn(bela)]);
    await ada.person.say('The relay is back');
    await bela.person.reads('The relay is back');
  }, 240_000);
});
