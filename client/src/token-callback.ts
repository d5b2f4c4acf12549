import { ParleyError } from './errors.js';

/** The part of the option `clock` that is used here. */
interface Timers {
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/**
 * @internal The application's token callback, never run concurrently: one that rotates refresh tokens would use the
 * same one twice. A call that does not settle in time is given up: its result is ignored, and the next call runs.
 */
export class TokenCallback {
  #running: Promise<string> | undefined;

  constructor(
    private readonly callback: () => string | Promise<string>,
    private readonly clock: Timers,
    private readonly timeoutMs: number,
  ) {}

  /**
   * A token for a connection; shares a running call.
   * @throws what the callback throws; ParleyError `timeout`, or `bad_request` for a result that is no token
   */
  get(): Promise<string> {
    this.#running ??= this.#call().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** A token requested after this call: a running call may return one from before a change. */
  async renew(): Promise<string> {
    await this.#running?.catch(() => {});
    return this.get();
  }

  #call(): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimeout(
        () => reject(new ParleyError('timeout', `The token callback did not settle within ${this.timeoutMs} ms.`)),
        this.timeoutMs,
      );
      // An async function, so that a callback that throws at once rejects like any other.
      (async () => this.callback())()
        .then(checkToken)
        .finally(() => this.clock.clearTimeout(timer))
        .then(resolve, reject);
    });
  }
}

/** The server would refuse anything else as a malformed frame. */
const checkToken = (token: unknown): string => {
  if (typeof token === 'string' && token !== '') return token;
  throw new ParleyError('bad_request', 'The token callback must return a string that is not empty.');
};
