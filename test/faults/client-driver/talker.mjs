/** How often a burst comes instead of one signal, from 0 to 1, and how many signals it has. */
const BURST = { share: 0.05, signals: 30 };

/** Says when to send, at random moments, until it is stopped. */
export class Talker {
  #timer;

  /**
   * @param {number} everyMs how often on average
   * @param {(count: number) => void} send sends so many signals
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
