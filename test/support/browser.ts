import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { drawPerson, type Looks } from './drawn-person.js';
import type { TestNetwork } from './network.js';

/** Folder of the screenshots of the last run. */
export const SCREENSHOTS = join(import.meta.dirname, '../../test-output/screenshots');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--auto-select-desktop-capture-source=Entire screen',
];
const LOOPBACK = '--allow-loopback-in-peer-connection';

/** The path of Chromium: `PARLEY_CHROMIUM`, which the test command sets. */
const CHROMIUM = process.env['PARLEY_CHROMIUM'] ?? '/usr/bin/chromium';

/** Differences from the browser of the other tests. */
export interface BrowserOptions {
  /** Further flags. */
  readonly flags?: readonly string[];
  /** Default flags to leave out. */
  readonly without?: readonly string[];
}

/** Grants camera and microphone to every page without asking. */
export const FAKE_PROMPT = '--use-fake-ui-for-media-stream';

/**
 * Starts Chromium with a fake camera and microphone.
 * @param network the namespace to run it in: then only its interfaces carry calls, loopback does not
 */
export const startBrowser = (network?: TestNetwork, options: BrowserOptions = {}): Promise<Browser> => {
  const { flags = [], without = [] } = options;
  const args = [...FLAGS.filter((flag) => !without.includes(flag)), ...flags];
  return network === undefined
    ? chromium.launch({ executablePath: CHROMIUM, args: [...args, LOOPBACK] })
    : chromium.launch({ executablePath: network.wrapper(CHROMIUM), args });
};

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

const TIMEOUT_MS = 20_000;

/** A user of the demo in a page with its own storage and cookies. */
export class Person {
  /** The name of the account that `signUp` registers. */
  readonly username: string;

  private constructor(
    readonly name: string,
    readonly page: Page,
    private readonly context: BrowserContext,
    readonly faults: string[],
  ) {
    this.username = `${name.toLowerCase()}-${Math.random().toString(36).slice(2, 10)}`;
  }

  /** @param looks of the person before the camera. Default: Chromium's own test picture */
  static async at(browser: Browser, url: string, name: string, viewport = DESKTOP, looks?: Looks): Promise<Person> {
    const context = await browser.newContext({ viewport, acceptDownloads: true });
    context.setDefaultTimeout(TIMEOUT_MS);
    if (looks !== undefined) await context.addInitScript(drawPerson, looks);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
        faults.push(message.text());
    });
    await page.goto(url);
    return new Person(name, page, context, faults);
  }

  get(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async signUp(): Promise<void> {
    await this.get('tab-signup').click();
    await this.get('displayName').fill(this.name);
    await this.sayWho(this);
  }

  /** Logs in with an account of an earlier `signUp`, of this or another page, on any node. */
  async logIn(as: Person = this): Promise<void> {
    await this.get('tab-login').click();
    await this.sayWho(as);
  }

  private async sayWho({ username }: Person): Promise<void> {
    await this.get('username').fill(username);
    await this.get('password').fill(`correct horse ${username}`);
    await this.get('submit').click();
  }

  /** Creates a room from the room list and returns its id. Leaves the device check open. */
  async makeRoom(name: string, access: 'open' | 'lobby' | 'invite' = 'open'): Promise<string> {
    await this.get('room-create').click();
    await this.get('room-create-name').fill(name);
    await this.get(`room-create-${access}`).check();
    await this.get('room-create-submit').click();
    await this.get('device-join').waitFor();
    return (/rooms\/([A-Za-z0-9_-]+)/.exec(this.page.url()) as RegExpExecArray)[1] as string;
  }

  /** The row of a participant in the people panel. */
  async openPeople(): Promise<void> {
    if (!(await this.get('people-panel').isVisible())) await this.get('people-toggle').click();
    await this.get('people-panel').waitFor();
  }

  rowOf(name: string): Locator {
    return this.get('person').filter({ hasText: name });
  }

  /** Acts on a participant in the people panel. `action` ends the button's test id: `mute`, `ban` … */
  async act(action: string, name: string): Promise<void> {
    await this.openPeople();
    await this.rowOf(name).getByTestId('person-more').click();
    await this.get(`action-${action}`).click();
  }

  async openRoom(origin: string, room: string): Promise<void> {
    await this.page.goto(`${origin}/#/rooms/${room}`);
  }

  async join(): Promise<void> {
    await this.get('device-join').click();
    await this.get('call').waitFor();
  }

  /** Resolves when this many videos of others play: their frame count rises. */
  async seesPlaying(others: number): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => {
        const store = window as unknown as { seen?: Map<Element, number>; advanced?: Set<Element> };
        store.seen ??= new Map();
        store.advanced ??= new Set();
        const videos = [
          ...document.querySelectorAll('[data-testid="tile"]:not([data-self]) video'),
        ] as HTMLVideoElement[];
        for (const video of videos) {
          const frames = video.getVideoPlaybackQuality().totalVideoFrames;
          const before = store.seen.get(video);
          if (before === undefined) store.seen.set(video, frames);
          else if (frames > before + 10 && video.videoWidth > 0) store.advanced.add(video);
        }
        return videos.filter((video) => store.advanced?.has(video)).length >= wanted;
      },
      others,
      { polling: 250, timeout: 60_000 },
    );
  }

  /** Resolves when there are this many videos of the selector, and each receives new frames from now on. */
  async seesMoving(selector: string, count: number): Promise<void> {
    const since = await this.page.evaluateHandle(() => new Map<Element, number>());
    await this.page.waitForFunction(
      ([map, query, wanted]) => {
        const videos = [...document.querySelectorAll(query)] as HTMLVideoElement[];
        const moving = videos.filter((video) => {
          const frames = video.getVideoPlaybackQuality().totalVideoFrames;
          if (!map.has(video)) map.set(video, frames);
          return video.videoWidth > 0 && frames > (map.get(video) as number) + 2;
        });
        return videos.length === wanted && moving.length === wanted;
      },
      [since, selector, count] as const,
      { polling: 100, timeout: 40_000 },
    );
  }

  /** Resolves when there are this many tiles of others. */
  async seesTiles(others: number): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => document.querySelectorAll('[data-testid="tile"]:not([data-self])').length === wanted,
      others,
    );
  }

  async say(text: string): Promise<void> {
    await this.openChat();
    await this.get('chat-input').fill(text);
    await this.get('chat-send').click();
  }

  async reads(text: string): Promise<void> {
    await this.openChat();
    await this.get('chat-message').filter({ hasText: text }).first().waitFor();
  }

  async openChat(): Promise<void> {
    if (!(await this.get('chat-panel').isVisible())) await this.get('chat-toggle').click();
    await this.get('chat-input').waitFor();
  }

  async sendFile(name: string, buffer: Buffer): Promise<void> {
    await this.openChat();
    await this.get('file-input').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  }

  /** The SHA-256 that the receiver of a file computed, once it has all of it. */
  async hasFile(name: string): Promise<string> {
    await this.openChat();
    const item = this.page.locator('[data-testid="file-item"][data-direction="in"][data-state="done"]', {
      hasText: name,
    });
    await item.waitFor({ timeout: 60_000 });
    return (await item.getAttribute('data-sha256')) as string;
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
