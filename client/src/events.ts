import { check } from './arguments.js';

/** Called with the payload of an event. An exception is reported and does not affect other listeners. */
export type Listener<Payload> = (payload: Payload) => void;

/** @internal Receives the exceptions of listeners. */
export type Report = (error: unknown) => void;

/** @internal Reports like an uncaught exception, without ending the process. */
export const reportGlobally: Report = (error) => {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error);
  else console.error(error);
};

/** @internal Reports by a function, and globally what that function throws: it must not report itself. */
export const reportOnce = (by: Report): Report => {
  let reporting = false;
  return (error) => {
    if (reporting) {
      reportGlobally(error);
      return;
    }
    reporting = true;
    by(error);
    reporting = false;
  };
};

/**
 * A typed emitter: `Events` maps each event's name to its payload.
 * Listeners are called synchronously, in the order they were added.
 *
 * @example
 * const stop = room.on('chat', (message) => console.log(message.text));
 * stop(); // the same as room.off('chat', listener)
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #report: Report;

  /** @internal */
  constructor(report: Report = reportGlobally) {
    this.#report = report;
  }

  /**
   * Listen to an event. Adding the same function twice has no effect.
   * @returns a function that removes the listener
   * @throws ParleyError `bad_request` for a listener that is no function
   */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    check(typeof listener === 'function', 'The listener must be a function.');
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => this.off(name, listener);
  }

  /** Listen to the next occurrence only. @returns a function that removes the listener */
  once<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    check(typeof listener === 'function', 'The listener must be a function.');
    const stop = this.on(name, (payload) => {
      stop();
      listener(payload);
    });
    return stop;
  }

  /** Remove a listener. An unknown function is ignored. */
  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /** @internal */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    // A copy: a listener may add or remove others while it runs.
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as Listener<Events[Name]>)(payload);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  /** @internal */
  removeAllListeners(): void {
    this.#listeners.clear();
  }
}
