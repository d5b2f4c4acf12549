/** Time-outs in a row after which nobody is made to wait for another. */
const LIMIT = 3;

/** Remembers whether Redis has stopped answering. Open: refuse at once, until one answer came. */
export class CircuitBreaker {
  private timeouts = 0;

  get open(): boolean {
    return this.timeouts >= LIMIT;
  }

  answered(): void {
    this.timeouts = 0;
  }

  timedOut(): void {
    this.timeouts += 1;
  }
}
