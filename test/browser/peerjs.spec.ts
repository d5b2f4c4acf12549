import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { serveExample } from '../../docs/examples/peerjs/serve.mjs';
import { type Balancer, startBalancer } from '../../scripts/balancer.mjs';
import { DESKTOP, PHONE, SCREENSHOTS, startBrowser } from '../support/browser.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';

/** What a test's page keeps: the client, what it was told, and the connection that it made or got. */
interface Kept {
  peer: any;
  opened: number;
  errors: string[];
  got: string[];
  connection: any;
  frames: number;
}
type Window = { Peer: any; kept: Kept };

let browser: Browser;
let example: Awaited<ReturnType<typeof serveExample>>;
const contexts: BrowserContext[] = [];

const newPage = async (url: string, viewport = DESKTOP): Promise<Page> => {
  const context = await browser.newContext({ viewport });
  contexts.push(context);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(url);
  return page;
};

/** Unmodified PeerJS in a page of another origin, which comes back when its server went. */
const client = async (server: string, options: { id?: string; token?: string } = {}): Promise<Page> => {
  const page = await newPage(`${example.url}/style.css`);
  await page.addScriptTag({ url: '/peerjs.min.js' });
  await page.evaluate(
    ([origin, { id, token }]) => {
      const { hostname, port } = new URL(origin);
      const { Peer } = window as unknown as Window;
      const wanted = { host: hostname, port: Number(port), path: '/peerjs', ...(token && { token }) };
      const stored: Kept = { opened: 0, errors: [], got: [], connection: undefined, frames: 0, peer: undefined };
      const { peer } = Object.assign(stored, { peer: id ? new Peer(id, wanted) : new Peer(wanted) });
      Object.assign(window, { kept: stored });
      const keep = (connection: any) => {
        stored.connection = connection;
        connection.on('data', (text: string) => stored.got.push(text));
      };
      Object.assign(window, { keep });
      peer.on('open', () => {
        stored.opened += 1;
      });
      peer.on('error', ({ type }: { type: string }) => stored.errors.push(type));
      peer.on('disconnected', () => setTimeout(() => peer.destroyed || peer.reconnect(), 250));
      peer.on('connection', keep);
    },
    [server, options] as const,
  );
  return page;
};

const opened = (page: Page, times = 1): Promise<unknown> =>
  page.waitForFunction((wanted) => (window as unknown as Window).kept.opened >= wanted, times);
const openedSoFar = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as Window).kept.opened);
const idOf = (page: Page): Promise<string> => page.evaluate(() => (window as unknown as Window).kept.peer.id);
const errorsOf = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as Window).kept.errors);

/** A data connection of one to the other, open on both sides. */
const connect = async (from: Page, to: Page): Promise<void> => {
  const id = await idOf(to);
  await to.evaluate(() => {
    (window as unknown as Window).kept.connection = undefined;
  });
  await from.evaluate((whom) => {
    const { kept: stored, keep } = window as unknown as Window & { keep: (connection: any) => void };
    keep(stored.peer.connect(whom, { reliable: true }));
  }, id);
  for (const page of [from, to])
    await page.waitForFunction(() => (window as unknown as Window).kept.connection?.open === true);
};

const say = (page: Page, texts: string[]): Promise<void> =>
  page.evaluate((all) => {
    for (const text of all) (window as unknown as Window).kept.connection.send(text);
  }, texts);
const hears = async (page: Page, text: string): Promise<void> => {
  await page.waitForFunction((wanted) => (window as unknown as Window).kept.got.includes(wanted), text);
};
const numbers = (word: string): string[] => Array.from({ length: 1_000 }, (_, n) => `${word} ${n}`);

beforeAll(async () => {
  [browser, example] = await Promise.all([startBrowser(), serveExample()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await example.stop();
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

describe.each([2, 3])('unmodified PeerJS behind a balancer over %i nodes', (count) => {
  let cluster: Cluster;
  let balancer: Balancer;
  beforeAll(async () => {
    cluster = await startCluster({
      nodes: count,
      environment: {
        ALLOWED_ORIGINS: example.url,
        DRAIN_GRACE_MS: '200',
        DRAIN_SPREAD_MS: '300',
        DRAIN_DEADLINE_MS: '5000',
      },
    });
    balancer = await startBalancer(() => cluster.nodes.map(({ url }) => url));
  }, 120_000);
  afterAll(async () => {
    await balancer?.stop();
    await cluster?.stop();
  });

  const pair = async (): Promise<[Page, Page]> => {
    const pages = [await client(balancer.url), await client(balancer.url)] as [Page, Page];
    for (const page of pages) await opened(page);
    return pages;
  };

  it('carries a thousand messages both ways, in order', async () => {
    const [ada, bela] = await pair();
    await connect(ada, bela);
    await Promise.all([say(ada, numbers('ada')), say(bela, numbers('bela'))]);
    await Promise.all([hears(ada, 'bela 999'), hears(bela, 'ada 999')]);
    const got = await Promise.all(
      [ada, bela].map((page) => page.evaluate(() => (window as unknown as Window).kept.got)),
    );
    expect(got).toEqual([numbers('bela'), numbers('ada')]);
    expect([await errorsOf(ada), await errorsOf(bela)]).toEqual([[], []]);
  }, 90_000);

  it('carries a call, in the example page, at both sizes', async () => {
    const at = `${example.url}/?server=${balancer.url}`;
    const [ada, bela] = [await newPage(at), await newPage(at, PHONE)];
    await ada.getByText('Connected', { exact: true }).waitFor();
    await bela.getByText('Connected', { exact: true }).waitFor();
    await ada.getByLabel('Id of the other').fill((await bela.locator('#id').textContent()) as string);
    await ada.getByRole('button', { name: 'Call' }).click();
    for (const page of [ada, bela]) {
      await page.waitForFunction(() => {
        const video = document.getElementById('theirs') as HTMLVideoElement;
        const store = window as unknown as { first?: number };
        const frames = video.getVideoPlaybackQuality().totalVideoFrames;
        if (frames > 0) store.first ??= frames;
        return video.videoWidth > 0 && frames > (store.first ?? frames) + 10;
      });
    }
    await ada.getByPlaceholder('Message').fill('Ahoy');
    await ada.getByRole('button', { name: 'Send' }).click();
    await bela.getByText('Other: Ahoy').waitFor();
    mkdirSync(SCREENSHOTS, { recursive: true });
    await ada.screenshot({ path: join(SCREENSHOTS, 'peerjs-example-1440.png'), fullPage: true });
    await bela.screenshot({ path: join(SCREENSHOTS, 'peerjs-example-390.png'), fullPage: true });
  }, 90_000);

  it('says that an id is taken, and that a peer is not there', async () => {
    const [ada] = await pair();
    const thief = await client(balancer.url, { id: await idOf(ada), token: 'another' });
    await thief.waitForFunction(() => (window as unknown as Window).kept.errors.includes('unavailable-id'));
    await ada.evaluate(() => {
      (window as unknown as Window).kept.peer.connect('nobody');
    });
    await ada.waitForFunction(() => (window as unknown as Window).kept.errors.includes('peer-unavailable'));
    expect(await errorsOf(ada)).toEqual(['peer-unavailable']);
  }, 90_000);

  /** Both talk on, both are back under their ids, and a new connection can be made. */
  const goesOn = async ([ada, bela]: [Page, Page], round: string): Promise<void> => {
    await say(ada, [`over the old one ${round}`]);
    await hears(bela, `over the old one ${round}`);
    for (const page of [ada, bela])
      await page.waitForFunction(() => {
        const { peer } = (window as unknown as Window).kept;
        return peer.open && !peer.disconnected;
      });
    await connect(bela, ada);
    await say(bela, [`over a new one ${round}`]);
    await hears(ada, `over a new one ${round}`);
  };

  it('comes back under the same id after every socket was cut', async () => {
    const pages = await pair();
    await connect(...pages);
    const { port } = new URL(balancer.url);
    await balancer.stop();
    balancer = await startBalancer(() => cluster.nodes.map(({ url }) => url), Number(port));
    for (const page of pages) await opened(page, 2);
    await goesOn(pages, 'after the cut');
  }, 120_000);

  it('comes back on another node after a drain, and after SIGKILL', async () => {
    const pages = await pair();
    await connect(...pages);
    const before = await Promise.all(pages.map(openedSoFar));
    // The node that both, or one of them, is on goes; another takes its place.
    for (const end of ['terminate', 'kill'] as const) {
      await cluster.addNode();
      for (const _ of Array.from({ length: cluster.nodes.length - 1 })) {
        const [node] = cluster.nodes.splice(0, 1);
        await node?.[end]();
      }
      await goesOn(pages, end);
    }
    const after = await Promise.all(pages.map(openedSoFar));
    // Every node that they had was taken away, twice.
    expect(after.every((times, n) => times >= (before[n] as number) + 2)).toBe(true);
  }, 180_000);
});
