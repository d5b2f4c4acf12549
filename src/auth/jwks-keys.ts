import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** Age at which the keys are read again, so that a key that the issuer withdrew stops counting. */
const MAX_AGE_MS = 600_000;
/** Least time between two requests that unknown key ids cause, and between two for keys that are too old. */
const PAUSE_MS = 30_000;
const TIMEOUT_MS = 3_000;

/** Where the keys come from: jose's cache of a JWKS URL. */
export type KeySource = JWTVerifyGetKey & {
  /** Requests the keys; calls during a request share it. */
  reload(): Promise<void>;
  /** The latest keys; undefined: never read. */
  jwks(): unknown;
};

/** Requests a JWKS URL only when {@link JwksKeys} says so. */
export const remoteKeys = (url: string): KeySource =>
  createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: Number.POSITIVE_INFINITY,
    cacheMaxAge: Number.POSITIVE_INFINITY,
  });

/**
 * Chooses the public key of a token (RFC 7517). Keys are read at the first token, then every ten minutes; an unknown
 * key id reads them again at most every 30 s, whether or not the issuer answers, so that a flood of forged tokens does
 * not reach it. While the issuer is unavailable its latest keys stay valid.
 */
export class JwksKeys {
  private readAt = Number.NEGATIVE_INFINITY;
  private refreshedAt = Number.NEGATIVE_INFINITY;
  private searchedAt = Number.NEGATIVE_INFINITY;
  private searching: Promise<void> | undefined;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly source: KeySource,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws jose's errors: an unknown key, or an outage before any keys were read */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const { source } = this;
    if (source.jwks() === undefined) await this.read();
    else if (this.now() >= this.readAt + MAX_AGE_MS && this.now() >= this.refreshedAt + PAUSE_MS) {
      this.refreshedAt = this.now();
      await this.tryToRead();
    }
    try {
      return await source(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.maySearch()) throw error;
      await this.searching;
      return source(header, token);
    }
  };

  /** Begins a request for an unknown key id, or joins the one in flight: many clients may bring a new key at once. */
  private maySearch(): boolean {
    if (this.searching !== undefined) return true;
    if (this.now() < this.searchedAt + PAUSE_MS) return false;
    this.searchedAt = this.now();
    this.searching = this.tryToRead().finally(() => {
      this.searching = undefined;
    });
    return true;
  }

  private async read(): Promise<void> {
    await this.source.reload();
    this.readAt = this.now();
  }

  private async tryToRead(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
  }
}

/** Whether the keys could not be fetched, or the response was not a key set. */
export const isOutage = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
  (error instanceof TypeError && error.message === 'fetch failed');
