/** Share of bursts among the sends, from 0 to 1, and the signals in each. */
const BURST = { share: 0.05, signals: 30 };

/** Calls `send` at random times until it is stopped. */
export class Talker {
  #timer;

  /**
   * @param {number} everyMs average interval, in milliseconds
   * @param {(count: number) => void} send sends this number of signals
   */
  start(everyMs, send) {
    this.stop();
    const turn = () => {
      send(Math.random() < BURST.share ? BURST.signals : 1);
      this.#timer = setTimeout(turn, Math.random() * 2 * everyMs);
    };
    turn();
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
