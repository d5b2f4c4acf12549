/** Consecutive time-outs that open the breaker. */
const LIMIT = 3;

/**
 * Opens when Redis stops answering: then commands are refused at once. One answer, for example to a PING, closes it.
 */
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
