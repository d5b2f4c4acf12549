import { createHmac } from 'node:crypto';
import type { IceServer, SessionId, UserId } from '@parley/protocol';
import type { IceConfig } from '../config/config.js';

/**
 * The ICE servers for one user or session. TURN credentials follow the TURN REST convention
 * (draft-uberti-behave-turn-rest-00): the username is `<expiry>:<user>:<session>`, the credential its HMAC-SHA1
 * under the secret shared with coturn.
 */
export class IceServers {
  constructor(
    private readonly config: IceConfig,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param session absent for credentials that are asked for over REST. */
  for(user: UserId, session?: SessionId): IceServer[] {
    const { stunUrls, turnUrls, turnSecret, credentialSeconds } = this.config;
    const servers: IceServer[] = [];
    if (stunUrls.length > 0) servers.push({ urls: [...stunUrls] });
    if (turnUrls.length > 0 && turnSecret !== undefined) {
      const expiry = Math.floor(this.now() / 1000) + credentialSeconds;
      const username = [expiry, user, session].filter((part) => part !== undefined).join(':');
      const credential = createHmac('sha1', turnSecret).update(username).digest('base64');
      servers.push({ urls: [...turnUrls], username, credential });
    }
    return servers;
  }
}
