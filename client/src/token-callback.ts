/**
 * @internal The application's token callback, never run concurrently: one that rotates refresh tokens would use the
 * same one twice.
 */
export class TokenCallback {
  #running: Promise<string> | undefined;

  constructor(private readonly callback: () => string | Promise<string>) {}

  /** A token for a connection; shares a running call. @throws what the callback throws */
  get(): Promise<string> {
    // An async function, so that a callback that throws at once rejects like any other.
    this.#running ??= (async () => this.callback())().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** A token requested after this call: a running call may return one from before a change. */
  async renew(): Promise<string> {
    await this.#running?.catch(() => {});
    return this.get();
  }
}
