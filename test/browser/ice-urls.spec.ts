import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { isIceUrl } from '../../src/config/ice-urls.js';
import { startBrowser } from '../support/browser.js';

const HOSTS = ['stun.example.org', 'coturn_1', '192.0.2.1', '[2001:db8::1]', '192.0.2.999', '2001:db8::1', 'a b', ''];
const ENDS = ['', ':1', ':65535', ':0', ':65536', ':', ':x', '/x', '#x', '?transport=udp', ':1?transport=tcp', '?x=y'];
const ALL = ['stun:', 'stuns:', 'turn:', 'turns:', 'stun://'].flatMap((scheme) =>
  HOSTS.flatMap((host) => [...ENDS, '?transport=sctp'].map((end) => `${scheme}${host}${end}`)),
);

/** One ICE server that the browser refuses would cost every user every call. */
describe('the ICE servers that a Parley server starts with', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  it('are accepted by the browser', async () => {
    const page = await browser.newPage();
    const refused = await page.evaluate(
      (urls) =>
        urls.filter((url) => {
          try {
            new RTCPeerConnection({ iceServers: [{ urls: url, username: 'user', credential: 'secret' }] }).close();
            return false;
          } catch {
            return true;
          }
        }),
      ALL,
    );
    const accepted = ALL.filter(isIceUrl);
    expect(accepted).toHaveLength(4 * 4 * 3 + 2 * 4 * 2);
    expect(accepted.filter((url) => refused.includes(url))).toEqual([]);
  }, 60_000);
});
