import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { ProtocolError } from '@parley/protocol';

/** OWASP Password Storage Cheat Sheet, Argon2id (RFC 9106): 19 MiB, two passes, one lane. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Concurrent hashes, and how many more may wait: each takes 19 MiB and a thread for tens of milliseconds. */
const MAX_CONCURRENT = 4;
const MAX_WAITING = 50;

/** Hashes and verifies passwords off the event loop, with bounded concurrency. */
@Injectable()
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  /** Verified for unknown users, so that they take as long as known ones. */
  private dummyHash: Promise<string> | undefined;

  /** @throws ProtocolError `unavailable` when too many calls wait */
  hash(password: string): Promise<string> {
    return this.enqueue(() => hash(password, ARGON2ID));
  }

  /**
   * @param stored the hash; undefined for an unknown user: then the result is false, after the same work
   * @throws ProtocolError `unavailable` when too many calls wait
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    this.dummyHash ??= hash('nobody has this password', ARGON2ID);
    const compared = stored ?? (await this.dummyHash);
    return (await this.enqueue(() => verify(compared, password))) && stored !== undefined;
  }

  private async enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_CONCURRENT) {
      if (this.waiting.length >= MAX_WAITING)
        throw new ProtocolError('unavailable', undefined, { retryAfterMs: 1_000 });
      // A finished call hands its slot to the next in line, so that no later call can take it.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
