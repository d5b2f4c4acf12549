import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Bus } from '../bus/bus.js';
import { BUS } from '../bus/bus.tokens.js';
import { isDatabaseLost } from '../database/database-errors.js';
import { UsersStore } from '../users/users.store.js';

interface CachedValidity {
  /** Tokens issued earlier are revoked; Infinity: the user no longer exists. */
  readonly validAfter: number;
  readonly freshUntil: number;
}

const FRESH_MS = 30_000;
const MAX_USERS = 20_000;
/** Maximum time that a verification waits for the database. */
const TIMEOUT_MS = 1_500;
/** Pause between queries after a failure. */
const PAUSE_MS = 2_000;

/**
 * Checks whether an account's tokens were revoked. Caches each user for 30 s and learns of revocations through the bus.
 * While the database is unavailable it uses stale cache entries, then the signature alone, so that calls go on.
 */
@Injectable()
export class TokenRevocation {
  private readonly log = new Logger('TokenRevocation');
  private readonly cached = new Map<string, CachedValidity>();
  private readonly asking = new Map<string, Promise<number | undefined>>();
  private pausedUntil = 0;

  constructor(
    private readonly users: UsersStore,
    @Inject(BUS) bus: Bus,
  ) {
    bus.onEvent((event) => {
      if (event.fact === 'user_revoked') this.remember(event.user, event.before);
    });
  }

  /**
   * The time before which the account's tokens are revoked, ms since the Unix epoch. Infinity: the account no longer
   * exists; undefined: not known, because the database is unavailable.
   */
  async validAfter(user: string): Promise<number | undefined> {
    const known = this.cached.get(user);
    return known !== undefined && known.freshUntil > Date.now() ? known.validAfter : this.ask(user);
  }

  /** The database's answer, else the cached one, else undefined. */
  private async ask(user: string): Promise<number | undefined> {
    if (Date.now() < this.pausedUntil) return this.cached.get(user)?.validAfter;
    let asked = this.asking.get(user);
    if (asked === undefined) {
      asked = this.load(user).finally(() => this.asking.delete(user));
      this.asking.set(user, asked);
    }
    return asked;
  }

  private async load(user: string): Promise<number | undefined> {
    try {
      const answer = await within(TIMEOUT_MS, this.users.validAfter(user));
      return this.remember(user, answer ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!(error instanceof NoAnswer) && !isDatabaseLost(error)) throw error;
      this.pausedUntil = Date.now() + PAUSE_MS;
      this.log.warn('Database unavailable; accepting cached revocations, then tokens on signature only.');
      return this.cached.get(user)?.validAfter;
    }
  }

  /** Never moves a revocation back: this lookup may have begun before it. */
  private remember(user: string, validAfter: number): number {
    const latest = Math.max(validAfter, this.cached.get(user)?.validAfter ?? 0);
    this.cached.delete(user);
    this.cached.set(user, { validAfter: latest, freshUntil: Date.now() + FRESH_MS });
    const oldest = this.cached.keys().next().value;
    if (this.cached.size > MAX_USERS && oldest !== undefined) this.cached.delete(oldest);
    return latest;
  }
}

class NoAnswer extends Error {}

const within = async <T>(ms: number, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer()), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
