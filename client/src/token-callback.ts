/**
 * @internal An application's token callback, which runs once at a time: one that rotates refresh tokens would spend the
 * same one twice.
 */
export class TokenCallback {
  #running: Promise<string> | undefined;

  constructor(private readonly callback: () => string | Promise<string>) {}

  /** A token for a connection: one that is on its way is fresh enough. @throws what the callback throws */
  get(): Promise<string> {
    // An async function, so that a callback that throws at once rejects like any other.
    this.#running ??= (async () => this.callback())().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** A token that is asked for from now on: one that is on its way may not know of a change. */
  async renew(): Promise<string> {
    await this.#running?.catch(() => {});
    return this.get();
  }
}
