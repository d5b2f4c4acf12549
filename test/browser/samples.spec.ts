import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
import { buildPage } from '../support/built-page.js';
import { allSamples, programOf, serveBlankPage } from '../support/samples.js';
import { type RunningNode, startNode } from '../support/start-node.js';

const ROOT = join(import.meta.dirname, '../..');

const SHELL = 'commands for a terminal, which install packages, start servers or take long';

/** Samples that this suite does not run, each with the reason. */
const EXCLUDED: Readonly<Record<string, string>> = {
  'README.md sh 1': SHELL,
  'CONTRIBUTING.md sh 1': SHELL,
  'client/README.md sh 1': `${SHELL}; test/manifests/packages.spec.ts packs and installs both`,
  'client-demo/README.md sh 1': SHELL,
  'docs/operations.md json 1':
    'claims of a token; src/auth/claims.spec.ts and test/integration/rest-jwks.spec.ts have them',
  'docs/operations.md sh 1': 'settings of a server with an issuer of its own',
  'docs/performance.md sh 1': SHELL,
  'k8s/README.md sh 1': 'commands for a cluster',
  'k8s/README.md sh 2': 'commands for a cluster',
  'docs/examples/peerjs/README.md sh 1': SHELL,
  'docs/examples/y-webrtc/README.md sh 1': SHELL,
  'docs/bridges.md ts 1': 'a file of the server, not of a page; test/support/echo-bridge.ts is such a bridge',
};

const RUN = [
  'README.md ts 1',
  'client/README.md ts 1',
  'client/README.md ts 2',
  'client/README.md ts 3',
  'client/README.md ts 4',
  'client/README.md ts 5',
  'docs/peerjs.md js 1',
  'docs/y-webrtc.md js 1',
  'docs/y-webrtc.md js 2',
];

/** What the samples take for granted: the application's own functions. */
const show = `
  const show = (id, stream) => {
    if (document.getElementById(id)) return;
    const video = Object.assign(document.createElement('video'), { id, srcObject: stream, autoplay: true, muted: true });
    document.body.append(video);
  };`;

describe('the samples of the documents', () => {
  const samples = allSamples();
  let browser: Browser;
  let node: RunningNode;
  let blank: Awaited<ReturnType<typeof serveBlankPage>>;
  const pages: { readonly page: Page; readonly faults: string[] }[] = [];

  beforeAll(async () => {
    [browser, node, blank] = await Promise.all([startBrowser(), startNode(), serveBlankPage()]);
  }, 120_000);
  afterEach(async () => {
    const faults = pages.flatMap((one) => one.faults);
    await Promise.all(pages.splice(0).map(({ page }) => page.context().close()));
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), node?.stop(), blank?.stop()]);
  });

  const program = (name: string): string => {
    const sample = samples.find((one) => one.name === name);
    if (!sample) throw new Error(`There is no sample ${name}.`);
    return programOf(sample, node.url);
  };
  const open = async (url = blank.url): Promise<Page> => {
    const context = await browser.newContext();
    context.setDefaultTimeout(40_000);
    const page = await context.newPage();
    const faults: string[] = [];
    pages.push({ page, faults });
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.goto(url);
    return page;
  };
  /** Runs a module in the page; resolves when its own awaits are done. */
  const run = (page: Page, code: string): Promise<void> =>
    page.evaluate(async (text) => {
      await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
    }, code);
  const post = async <Answer>(path: string, body: object, token?: string): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${node.url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const account = async (): Promise<string> => {
    const username = `user-${Math.random().toString(36).slice(2, 10)}`;
    const body = { username, password: 'correct horse battery', displayName: 'Ada' };
    return (await post<{ accessToken: string }>('/auth/register', body)).accessToken;
  };
  const newRoom = async (token: string, settings: object = {}): Promise<string> =>
    (await post<{ id: string }>('/rooms', { name: 'Daily', ...settings }, token)).id;
  const plays = (page: Page) =>
    page.waitForFunction(() => {
      const videos = [...document.querySelectorAll('video')];
      return videos.length > 0 && videos.every((video) => video.getVideoPlaybackQuality().totalVideoFrames > 3);
    });

  it('are run here, or excluded for a reason', () => {
    const known = [...RUN, ...Object.keys(EXCLUDED)].sort();
    expect(samples.map(({ name }) => name).sort()).toEqual(known);
  });

  /** A call of two: the second comes when the first is there, and each sees and reads the other. */
  const call = async (name: string, prelude: string): Promise<void> => {
    const tokens = [await account(), await account()] as const;
    const room = await newRoom(tokens[0]);
    const both = [await open(), await open()] as const;
    for (const [n, page] of both.entries()) {
      const given = `const roomId = ${JSON.stringify(room)}; const token = ${JSON.stringify(tokens[n])};`;
      await run(page, `${given}${prelude};${program(name)}; window.room = room;`);
    }
    await Promise.all(both.map(plays));
    await both[0].evaluate(() => (window as unknown as { room: any }).room.sendChat('Do you see me?'));
    await both[1].waitForFunction(() =>
      (window as unknown as { lines: string[] }).lines.some((line) => line.includes('Do you see me?')),
    );
  };

  it('README.md: a call', async () => {
    await call(
      'README.md ts 1',
      `${show} window.lines = []; const print = (name, text) => window.lines.push(name + text);
       const fetchToken = async () => token`,
    );
  }, 120_000);

  it('client/README.md: a call', async () => {
    await call(
      'client/README.md ts 2',
      `window.lines = []; console.log = (line) => window.lines.push(line); const fetchAccessToken = async () => token`,
    );
  }, 120_000);

  it('client/README.md: a room and tokens', async () => {
    const page = await open();
    await run(page, `${program('client/README.md ts 1')}; window.got = { accessToken, refreshToken, roomId };`);
    const got = await page.evaluate(() => (window as unknown as { got: Record<string, string> }).got);
    expect(got['accessToken']).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(got['roomId']).toMatch(/^[\w-]{8,}$/);
    expect(await post('/auth/refresh', { refreshToken: got['refreshToken'] })).toHaveProperty('accessToken');
  }, 60_000);

  it('client/README.md: a bot in Node', async () => {
    const token = await account();
    const given = { url: node.url, token, roomId: await newRoom(token) };
    const text = `import { ParleyClient } from '@parley/client';
      const { url, token, roomId } = ${JSON.stringify(given)};
      ${program('client/README.md ts 3')}
      console.log(room.participants.size); await bot.close();`;
    const cwd = join(ROOT, 'bench');
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text], { cwd });
    expect(stdout).toBe('1\n');
  }, 60_000);

  it('client/README.md: waiting in a lobby, and moderation', async () => {
    const [owner, member, guestToken] = [await account(), await account(), await account()] as const;
    const roomId = await newRoom(owner, { access: 'lobby' });
    const clients = `import { ParleyClient, ParleyError } from '@parley/client';
      const clientOf = (token) => new ParleyClient({ url: ${JSON.stringify(node.url)}, token });
      const roomId = ${JSON.stringify(roomId)};
      const invite = undefined, sentences = {};`;
    const [host, guest] = [await open(), await open()];
    await run(
      host,
      `${clients}
       const room = await clientOf(${JSON.stringify(owner)}).join(roomId, { media: false });
       const knocked = () => new Promise((resolve) => {
         if (room.knocks.length > 0) resolve(room.knocks[0]); else room.once('knocking', ([knock]) => resolve(knock));
       });
       const came = new Promise((resolve) => room.once('peer', resolve));
       const joining = clientOf(${JSON.stringify(member)}).join(roomId, { media: false });
       await room.moderation.admit((await knocked()).knock);
       await joining;
       const peer = await came;
       window.next = { room, peer, knocked };`,
    );
    const sample = program('client/README.md ts 4');
    await guest.evaluate(() => Object.assign(window, { shown: [] }));
    const waiting = run(
      guest,
      `${clients}
       const client = clientOf(${JSON.stringify(guestToken)});
       const show = (text) => window.shown.push(text);
       ${sample}
       window.joined = client.state;`,
    );
    await run(
      host,
      `const { room, peer, knocked } = window.next;
       const banner = { show: () => {} };
       const knock = await knocked();
       ${program('client/README.md ts 5')}
       window.after = { locked: room.info.locked, here: room.peers.has(peer.id) };`,
    );
    await waiting;
    expect(await guest.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual([
      'Waiting for a moderator to admit you …',
    ]);
    await host.waitForFunction(() => {
      const { room, peer } = (window as unknown as { next: any }).next;
      return room.info.locked && !room.peers.has(peer.id) && room.peers.size === 1;
    });
  }, 120_000);

  it('docs/peerjs.md: a PeerJS client', async () => {
    const page = await open();
    await page.addScriptTag({ url: '/peerjs.min.js' });
    const local = program('docs/peerjs.md js 1')
      .replace("'parley.example'", "'127.0.0.1'")
      .replace('443', new URL(node.url).port)
      .replace('secure: true', 'secure: false');
    const id = await page.evaluate(
      (code) => new Function(`${code}; return new Promise((resolve) => peer.on('open', resolve));`)(),
      local,
    );
    expect(id).toMatch(/^[\w-]{8,}$/);
  }, 60_000);

  it('docs/y-webrtc.md: a provider, and tokens for its next connection', async () => {
    const folder = mkdtempSync(join(ROOT, 'test-output/sample-'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="./main.js"></script>');
    writeFileSync(
      join(folder, 'main.js'),
      `import * as Y from 'yjs';
       import { WebrtcProvider } from 'y-webrtc';
       const doc = new Y.Doc();
       const freshToken = async () => 'a-fresh-token';
       ${program('docs/y-webrtc.md js 1')}
       ${program('docs/y-webrtc.md js 2').replace('60_000', '10')}
       Object.assign(window, { doc, provider });`,
    );
    const built = await buildPage(folder);
    try {
      const both = [await open(built.url), await open(built.url)] as const;
      await both[0].evaluate(() => (window as unknown as { doc: any }).doc.getText('t').insert(0, 'minutes'));
      await both[1].waitForFunction(
        () => (window as unknown as { doc: any }).doc.getText('t').toString() === 'minutes',
      );
      await both[0].waitForFunction(() =>
        (window as unknown as { provider: any }).provider.signalingConns.every((socket: { url: string }) =>
          socket.url.endsWith('/y-webrtc?token=a-fresh-token'),
        ),
      );
    } finally {
      await built.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
