import type { Clock } from '../options.js';

/** @internal Beyond it frames are let through early rather than kept. */
const MAX_HELD = 1_024;

/**
 * @internal Holds a room's frames for one turn of the event loop: the application gets the room by a promise, and
 * nothing may happen before it had the time to listen.
 */
export class DeferredQueue {
  #held: (() => void)[] | undefined;
  #timer: unknown;

  constructor(private readonly clock: Clock) {}

  /** Hold what comes from now on until the next turn. */
  hold(): void {
    this.#held ??= [];
    this.#timer = this.clock.setTimeout(() => this.#release(), 0);
  }

  /** Do this now, or, while holding, after what is held. */
  run(handle: () => void): void {
    if (this.#held && this.#held.length >= MAX_HELD) this.#release();
    if (this.#held) this.#held.push(handle);
    else handle();
  }

  close(): void {
    this.clock.clearTimeout(this.#timer);
    this.#held = undefined;
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const handle of held) handle();
  }
}
