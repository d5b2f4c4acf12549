import { Backoff } from './connection/backoff.js';
import type { ParleyError } from './errors.js';
import type { Clock } from './options.js';

/**
 * @internal Replaces the token of the current socket before it expires. The server warns once, so a failure is reported
 * and tried again, with the backoff of reconnects, until it succeeds or the socket ends. Owns one timer at most.
 */
export class TokenRenewal {
  #timer: unknown;
  #round = 0;
  readonly #clock: Clock;
  readonly #backoff: Backoff;

  constructor(
    { clock, random }: { readonly clock: Clock; readonly random: () => number },
    /** Asks the application for a token and hands it to the server. */
    private readonly renew: () => Promise<void>,
    private readonly report: (error: ParleyError) => void,
  ) {
    this.#clock = clock;
    this.#backoff = new Backoff(random);
  }

  /** The server warned: the token of the current socket is about to expire. */
  start(): void {
    this.stop();
    this.#backoff.reset();
    this.#try(this.#round);
  }

  /** The socket is gone, or another one has a token of its own. */
  stop(): void {
    this.#round += 1;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #try(round: number): void {
    this.renew().catch((error: ParleyError) => {
      if (round !== this.#round) return;
      this.report(error);
      if (error.retryable) {
        const delayMs = this.#backoff.next(error.retryAfterMs);
        this.#timer = this.#clock.setTimeout(() => this.#try(round), delayMs);
      }
    });
  }
}
