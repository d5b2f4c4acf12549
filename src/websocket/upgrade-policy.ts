import type { IncomingMessage } from 'node:http';
import { monotonic } from '../clock/monotonic.js';
import type { Config } from '../config/config.js';
import { AllowedOrigins } from '../config/origins.js';
import { clientAddress, trustedBy } from '../http/client-address.js';
import { refusedOrigin, type SecurityLog } from '../http/security-log.js';
import { cameByTls, hasOneHost } from '../http/well-formed.js';
import { TokenBucket } from '../rate-limit/token-bucket.js';
import type { ConnectionQuota } from './connection-quota.js';
import type { Drain } from './drain.js';
import type { Refusal, UpgradePolicy } from './web-socket.adapter.js';

/** When an address at its limit may retry, seconds. */
const FULL_SECONDS = 2;

/**
 * Decides which upgrades are accepted. A browser always sends its Origin, which must be this host or one that the
 * operator allowed. Other clients send none and are authenticated by their token.
 *
 * New sockets are rate-limited: thousands at once, such as after a load balancer's restart, would delay the open ones.
 * The quota is checked first, so that one address cannot use up the rate of all.
 * @param now monotonic milliseconds
 */
export const upgradePolicy = (
  config: Config,
  drain: Drain,
  quota: ConnectionQuota,
  log?: SecurityLog,
  now: () => number = monotonic,
): UpgradePolicy => {
  const isTrusted = trustedBy(config.trustedProxies);
  const limiter = new TokenBucket(config.handshakes.burst, config.handshakes.perSecond, now());
  const origins = new AllowedOrigins(config.allowedOrigins, !config.production);
  const check = (request: IncomingMessage, address: string): Refusal | undefined => {
    if (drain.refusing) return { status: 503, retryAfterSeconds: 1 };
    if (!hasOneHost(request)) return { status: 400 };
    if (config.requireTls && cameByTls(request, isTrusted) === false) return { status: 426 };
    if (!origins.allows(request.headers.origin, request.headers.host)) return { status: 403 };
    const full = quota.admit(request.socket, address);
    if (full !== undefined) return { status: full, retryAfterSeconds: FULL_SECONDS };
    return limiter.take(now()) ? undefined : { status: 503, retryAfterSeconds: Math.ceil(limiter.waitMs() / 1000) };
  };
  return (request) => {
    const address = clientAddress(request, isTrusted);
    const refusal = check(request, address);
    if (refusal !== undefined && refusal.status !== 503) {
      log?.refused({
        reason: 'upgrade',
        status: refusal.status,
        address,
        ...(refusal.status === 403 && refusedOrigin(request.headers.origin)),
      });
    }
    return refusal;
  };
};
