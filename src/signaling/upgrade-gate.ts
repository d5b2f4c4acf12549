import type { Config } from '../config/config.js';
import type { Drain } from './drain.js';
import type { UpgradeGate } from './signaling.adapter.js';

/**
 * Who may open a socket at all. A browser always sends its Origin: it must be this host, or one that the
 * operator named. Clients that are no browsers send none; what lets them in is their token.
 */
export const upgradeGate = (config: Config, drain: Drain): UpgradeGate => {
  const allowed = new Set(config.allowedOrigins.map(normalize));
  return (request) => {
    if (drain.refusing) return { status: 503, retryAfterSeconds: 1 };
    const { origin, host } = request.headers;
    if (origin === undefined) return undefined;
    const normal = normalize(origin);
    if (normal === undefined) return { status: 403 };
    const sameHost = new URL(normal).host === host?.toLowerCase();
    return sameHost || allowed.has(normal) ? undefined : { status: 403 };
  };
};

/** Scheme, host and port as a browser writes them (RFC 6454 §6.2); undefined when it is no web origin. */
const normalize = (text: string): string | undefined => {
  try {
    const url = new URL(text);
    const isOrigin =
      (url.protocol === 'http:' || url.protocol === 'https:') && url.pathname === '/' && url.search === '';
    return isOrigin && url.username === '' && !url.host.endsWith('.') ? url.origin : undefined;
  } catch {
    return undefined;
  }
};
