import { Injectable } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import { networkOf } from '../http/client-address.js';

interface Window {
  failures: number;
  /** Failures and successes. */
  attempts: number;
  readonly endsAt: number;
}

/** What is allowed within a window. A success costs the same hash as a failure. */
interface Rule {
  /** Failures. */
  readonly max: number;
  /** Failures and successes. */
  readonly maxAttempts: number;
  readonly windowMs: number;
}

const PAIR: Rule = { max: 10, maxAttempts: 60, windowMs: 5 * 60_000 };
/** Above one address's limit: it stops distributed guessing, and one attacker cannot lock the account. */
const ACCOUNT: Rule = { max: 100, maxAttempts: 300, windowMs: 15 * 60_000 };
const ADDRESS: Rule = { max: 200, maxAttempts: 1_000, windowMs: 5 * 60_000 };
const MAX_WINDOWS = 50_000;

/** Rate limiter of log-ins, failed and successful, by account, by address, and by the pair of both. */
@Injectable()
export class LoginThrottle {
  private readonly windows = new Map<string, Window>();

  get size(): number {
    return this.windows.size;
  }

  /**
   * Counts an attempt as a failure until it succeeds, so that concurrent attempts cannot exceed the limit.
   * @param isKnownNetwork whether the account logged in from this network before: then its account limit is not applied
   * @returns a function to call when the password was right; it takes the failure back, not the attempt
   * @throws ProtocolError `rate_limited` with the time until the window ends
   */
  attempt(account: string, address: string, { isKnownNetwork = false, now = Date.now() } = {}): () => void {
    const network = networkOf(address);
    const counted = [
      { key: `both ${network} ${account}`, rule: PAIR },
      ...(isKnownNetwork ? [] : [{ key: `account ${account}`, rule: ACCOUNT }]),
      { key: `address ${network}`, rule: ADDRESS },
    ];
    for (const { key, rule } of counted) {
      const window = this.windows.get(key);
      if (window !== undefined && window.endsAt > now && exceeds(window, rule)) {
        throw new ProtocolError('rate_limited', undefined, { retryAfterMs: window.endsAt - now });
      }
    }
    const windows = counted.map(({ key, rule }) => this.count(key, rule, now));
    return () => {
      for (const window of windows) window.failures -= 1;
    };
  }

  /** Whether an account has so many failures that attempts from unknown networks are refused. */
  isUnderAttack(account: string, now = Date.now()): boolean {
    const window = this.windows.get(`account ${account}`);
    return window !== undefined && window.endsAt > now && window.failures >= ACCOUNT.max;
  }

  private count(key: string, rule: Rule, now: number): Window {
    const known = this.windows.get(key);
    const window =
      known !== undefined && known.endsAt > now ? known : { failures: 0, attempts: 0, endsAt: now + rule.windowMs };
    window.failures += 1;
    window.attempts += 1;
    if (window !== known) {
      this.windows.delete(key);
      this.windows.set(key, window);
      const oldest = this.windows.keys().next().value;
      if (this.windows.size > MAX_WINDOWS && oldest !== undefined) this.windows.delete(oldest);
    }
    return window;
  }
}

const exceeds = ({ failures, attempts }: Window, { max, maxAttempts }: Rule): boolean =>
  failures >= max || attempts >= maxAttempts;
