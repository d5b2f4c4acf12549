import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { networkOf } from '../http/client-address.js';
import { FairQueue } from './fair-queue.js';

/** OWASP Password Storage Cheat Sheet, Argon2id (RFC 9106): 19 MiB, two passes, one lane. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** How many more calls may wait: each takes 19 MiB and a thread for tens of milliseconds. */
const MAX_WAITING = 50;

/** Node's default size of the thread pool that hashes run on, together with file access and name resolution. */
const DEFAULT_THREADS = 4;

/**
 * Concurrent hashes: as many as the machine can spare. One processor is left to signaling, and one thread of the pool
 * to everything else that uses it.
 */
export const spareThreads = (processors: number, threads: number): number =>
  Math.max(1, Math.min(processors, threads) - 1);

/** Whom a password is hashed for: calls of different addresses and accounts take turns. */
export interface Asker {
  readonly address: string;
  /** Normalized username. */
  readonly account: string;
}

/** Hashes and verifies passwords off the event loop, with bounded concurrency and a fair, bounded queue. */
@Injectable()
export class PasswordHasher {
  private readonly queue = new FairQueue(
    spareThreads(availableParallelism(), Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_THREADS),
    MAX_WAITING,
  );
  /** Verified for unknown users, so that they take as long as known ones. */
  private dummyHash: Promise<string> | undefined;

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.queue.waiting;
  }

  /** @throws ProtocolError `unavailable` when too many calls wait */
  hash(password: string, asker: Asker): Promise<string> {
    return this.enqueue(asker, () => hash(password, ARGON2ID));
  }

  /**
   * @param stored the hash; undefined for an unknown user: then the result is false, after the same work
   * @throws ProtocolError `unavailable` when too many calls wait
   */
  async verify(stored: string | undefined, password: string, asker: Asker): Promise<boolean> {
    this.dummyHash ??= hash('nobody has this password', ARGON2ID);
    const compared = stored ?? (await this.dummyHash);
    return (await this.enqueue(asker, () => verify(compared, password))) && stored !== undefined;
  }

  private enqueue<T>({ address, account }: Asker, work: () => Promise<T>): Promise<T> {
    return this.queue.run({ network: networkOf(address), account }, work);
  }
}
