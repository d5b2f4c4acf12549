import { createHash, createHmac } from 'node:crypto';
import type { IceServer, UserId } from '@parley/protocol';
import type { IceConfig } from '../config/config.js';

/** User ids that coturn accepts in a username: plain characters, and short enough with the expiry. */
const PLAIN = /^[A-Za-z0-9_.@-]{1,64}$/;

/**
 * The ICE servers for one user. TURN credentials follow the TURN REST convention (draft-uberti-behave-turn-rest-00): the
 * username is `<expiry>:<user>`, expiry in seconds since the Unix epoch, and the credential is its HMAC-SHA1 in base64
 * under the secret shared with coturn. coturn counts its `user-quota` by what follows the first colon, so nothing else
 * may stand there: each session would have a quota of its own. An id that coturn would refuse, or that would be
 * ambiguous, is replaced by `~` and its SHA-256.
 */
export class IceServers {
  constructor(
    private readonly config: IceConfig,
    private readonly now: () => number = Date.now,
  ) {}

  /** Lifetime of credentials, in milliseconds; undefined: there are none to renew. */
  get ttlMs(): number | undefined {
    const { turnUrls, turnSecret, credentialSeconds } = this.config;
    return turnUrls.length > 0 && turnSecret !== undefined ? credentialSeconds * 1000 : undefined;
  }

  /** The servers that need no credentials. */
  get withoutRelay(): IceServer[] {
    const { stunUrls } = this.config;
    return stunUrls.length > 0 ? [{ urls: [...stunUrls] }] : [];
  }

  /** Returns the servers, with credentials that are valid from now on for the configured time. */
  for(user: UserId): IceServer[] {
    const { turnUrls, turnSecret, credentialSeconds } = this.config;
    const servers = this.withoutRelay;
    if (turnUrls.length > 0 && turnSecret !== undefined) {
      const expiry = Math.floor(this.now() / 1000) + credentialSeconds;
      const username = `${expiry}:${named(user)}`;
      const credential = createHmac('sha1', turnSecret).update(username).digest('base64');
      servers.push({ urls: [...turnUrls], username, credential });
    }
    return servers;
  }
}

const named = (text: string): string =>
  PLAIN.test(text) ? text : `~${createHash('sha256').update(text).digest('base64url')}`;
