/** Share of bursts among the sends, from 0 to 1, and the signals in each. */
const BURST = { share: 0.05, signals: 30 };

/** Calls `send` at random times until it is stopped. */
export class Talker {
  #timer;

  /**
   * @param {number} everyMs average interval void} send sends so many signals =>  * @param {(count: number) => void}
   * send sends this many signals => void} send sends so many signals
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
