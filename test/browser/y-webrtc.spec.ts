import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FaultProxy } from '../faults/proxy.js';
import { DESKTOP, PHONE, SCREENSHOTS, startBrowser } from '../support/browser.js';
import { type BuiltPage, buildPage } from '../support/built-page.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';
import { type RunningNode, startNode } from '../support/start-node.js';
import { until } from '../support/until.js';
import type { Desk } from './y-webrtc-page/page.js';

const DRAIN = { DRAIN_GRACE_MS: '100', DRAIN_SPREAD_MS: '1000', DRAIN_DEADLINE_MS: '5000' };
const TIMEOUT_MS = 60_000;

let browser: Browser;
let page: BuiltPage;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  [browser, page] = await Promise.all([startBrowser(), buildPage(join(import.meta.dirname, 'y-webrtc-page'))]);
}, 60_000);
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});
afterAll(async () => {
  await browser.close();
  await page.stop();
});

/** A page in a browser of its own: nothing but WebRTC connects it with others. */
const open = async (url: string, viewport = DESKTOP): Promise<Page> => {
  const context = await browser.newContext({ viewport });
  contexts.push(context);
  const opened = await context.newPage();
  await opened.goto(url);
  return opened;
};

/** Somebody with a document. */
class Writer {
  static room = 0;

  private constructor(
    readonly page: Page,
    readonly name: string,
  ) {}

  static async open(name: string): Promise<Writer> {
    return new Writer(await open(page.url), name);
  }

  /** Enters a room with a fresh document, through the server at this origin. */
  sit(origin: string, room: string, password?: string): Promise<void> {
    const url = `${origin.replace(/^http/, 'ws')}/y-webrtc`;
    return this.page.evaluate(
      (words) => (window as unknown as { sit(...words: unknown[]): void }).sit(...words),
      [url, room, this.name, password],
    );
  }

  ask<Answer>(question: 'read' | 'names' | 'peers'): Promise<Answer> {
    return this.page.evaluate((what) => (window as unknown as { desk: Desk }).desk[what]() as never, question);
  }

  connects(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as { desk: Desk }).desk.connects);
  }

  write(word: string): Promise<void> {
    return this.page.evaluate((text) => (window as unknown as { desk: Desk }).desk.write(text), word);
  }
}

const two = () => Promise.all([Writer.open('Ada'), Writer.open('Bela')]);
const three = () => Promise.all([Writer.open('Ada'), Writer.open('Bela'), Writer.open('Cem')]);

const aRoom = (): string => {
  Writer.room += 1;
  return `room ${Writer.room} ☃`;
};

/** Resolves when each is connected with all others. */
const connected = async (...writers: Writer[]): Promise<void> => {
  for (const writer of writers)
    await until(async () => (await writer.ask<number>('peers')) === writers.length - 1, TIMEOUT_MS);
};

/** Each writes a word; resolves when all have the same words and see the same people. */
const agree = async (label: string, ...writers: Writer[]): Promise<void> => {
  await Promise.all(writers.map((writer) => writer.write(`${label}-${writer.name}`)));
  const own = writers.map(({ name }) => `${label}-${name}`);
  for (const writer of writers) {
    await until(async () => {
      const words = await writer.ask<string[]>('read');
      return own.every((word) => words.includes(word));
    }, TIMEOUT_MS);
  }
  const texts = await Promise.all(writers.map((writer) => writer.ask<string[]>('read')));
  for (const text of texts) expect(text).toEqual(texts[0]);
  const names = writers.map(({ name }) => name).sort();
  for (const writer of writers)
    await until(async () => JSON.stringify(await writer.ask('names')) === JSON.stringify(names), TIMEOUT_MS);
};

describe.each([
  [2, 'distant'],
  [3, 'standalone'],
] as const)('y-webrtc on %i nodes over a Redis that is %s', (count, redis) => {
  let cluster: Cluster;
  let balancer: FaultProxy;
  const origin = () => `http://127.0.0.1:${balancer.port}`;
  const addressOf = ({ url }: RunningNode) => ({ host: '127.0.0.1', port: Number(new URL(url).port) });
  const node = (n: number) => cluster.nodes[n % cluster.nodes.length] as RunningNode;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: count, redis, environment: { ...DRAIN, ALLOWED_ORIGINS: page.url } });
    balancer = await FaultProxy.start(() => cluster.nodes.map(addressOf));
  }, 120_000);
  afterAll(async () => {
    await balancer?.stop();
    await cluster?.stop();
  });

  it('documents converge for all clients, including one that joins late', async () => {
    const [ada, bela, cem] = await three();
    const room = aRoom();
    await ada.sit(node(0).url, room);
    await bela.sit(node(1).url, room);
    await connected(ada, bela);
    await agree('early', ada, bela);
    await cem.sit(node(2).url, room);
    await connected(ada, bela, cem);
    await agree('late', ada, bela, cem);
    expect(await cem.ask('read')).toEqual(expect.arrayContaining(['early-Ada', 'early-Bela']));
  }, 120_000);

  it('a room with a password works the same', async () => {
    const [ada, bela] = await two();
    const room = aRoom();
    await Promise.all([ada.sit(node(0).url, room, 'pass'), bela.sit(node(1).url, room, 'pass')]);
    await connected(ada, bela);
    await agree('secret', ada, bela);
  }, 120_000);

  it('two who come at the same moment connect, thirty times of thirty', async () => {
    const [ada, bela] = await two();
    for (let round = 0; round < 30; round += 1) {
      const room = aRoom();
      await Promise.all([ada.sit(node(0).url, room), bela.sit(node(1).url, room)]);
      await connected(ada, bela);
    }
    await agree('thirty', ada, bela);
  }, 400_000);

  it('a client cut off from the server continues, reconnects and meets new clients', async () => {
    const [ada, bela, cem] = await three();
    const room = aRoom();
    await Promise.all([ada.sit(origin(), room), bela.sit(origin(), room)]);
    await connected(ada, bela);
    balancer.cut();
    await agree('cut', ada, bela);
    for (const writer of [ada, bela]) await until(async () => (await writer.connects()) >= 2, TIMEOUT_MS);
    await cem.sit(origin(), room);
    await connected(ada, bela, cem);
    await agree('again', ada, bela, cem);
  }, 120_000);

  it.each(['drains', 'is killed'])(
    'when a node %s its clients go on, come back elsewhere, and meet newcomers',
    async (how) => {
      const [ada, bela, cem] = await three();
      const room = aRoom();
      const victim = await cluster.addNode();
      cluster.nodes.pop();
      let targets = [victim];
      const gate = await FaultProxy.start(() => targets.map(addressOf));
      await Promise.all([ada.sit(origin(), room), bela.sit(`http://127.0.0.1:${gate.port}`, room)]);
      await connected(ada, bela);
      targets = cluster.nodes;
      await (how === 'drains' ? victim.terminate() : victim.kill());
      await agree('gone', ada, bela);
      await until(async () => (await bela.connects()) >= 2, TIMEOUT_MS);
      await cem.sit(origin(), room);
      await connected(ada, bela, cem);
      await agree('new', ada, bela, cem);
      await gate.stop();
    },
    120_000,
  );
});

describe('the example page', () => {
  let example: BuiltPage;
  let node: RunningNode;

  beforeAll(async () => {
    example = await buildPage(join(import.meta.dirname, '../../docs/examples/y-webrtc'));
    node = await startNode({ ALLOWED_ORIGINS: example.url });
  }, 90_000);
  afterAll(async () => {
    await node?.stop();
    await example?.stop();
  });

  it('is a text that two write together', async () => {
    const signaling = `${node.url.replace(/^http/, 'ws')}/y-webrtc`;
    const url = `${example.url}/?${new URLSearchParams({ signaling, room: 'minutes' })}`;
    const [ada, bela] = [await open(url), await open(url, PHONE)];
    await ada.fill('#name', 'Ada');
    await bela.fill('#name', 'Bela');
    await Promise.all([ada, bela].map((each) => each.waitForSelector('#status:text("Connected to 1")')));
    await ada.fill('#notes', 'Harbour watch\n\nend');
    await bela.waitForFunction(() => (document.querySelector('#notes') as HTMLTextAreaElement).value.endsWith('end'));
    await ada.evaluate(() => (document.querySelector('#notes') as HTMLTextAreaElement).setSelectionRange(13, 13));
    await bela.evaluate(() => (document.querySelector('#notes') as HTMLTextAreaElement).setSelectionRange(14, 14));
    await Promise.all([ada.keyboard.type(' at nine'), bela.locator('#notes').pressSequentially('two ships')]);
    const whole = 'Harbour watch at nine\ntwo ships\nend';
    for (const each of [ada, bela]) {
      await until(async () => (await each.inputValue('#notes')) === whole);
      expect(await each.locator('#people li').allTextContents()).toEqual(
        expect.arrayContaining([expect.stringMatching(/^Ada/), expect.stringMatching(/^Bela/)]),
      );
    }
    mkdirSync(SCREENSHOTS, { recursive: true });
    await ada.screenshot({ path: join(SCREENSHOTS, 'y-webrtc-1440.png') });
    await bela.screenshot({ path: join(SCREENSHOTS, 'y-webrtc-390.png') });
  }, 120_000);
});
