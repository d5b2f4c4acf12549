import { check } from './arguments.js';
import type { Report } from './events.js';

/** @internal Freeze a value and everything in it. Only for plain data. */
export const frozen = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
};

/**
 * A value that changes over time, as frozen snapshots: the same object until something changes, another one after it.
 * Both functions are bound.
 *
 * @example
 * const { participants } = useSyncExternalStore(room.subscribe, room.getSnapshot); // React
 */
export class SnapshotStore<Snapshot extends object> {
  readonly #listeners = new Set<{ readonly listener: () => void }>();
  #snapshot: Snapshot | undefined;

  /** @internal */
  constructor(
    private readonly build: () => Snapshot,
    private readonly report: Report,
  ) {}

  /**
   * Call a function after each change. It gets no argument: call `getSnapshot`.
   * @returns a function that removes it
   * @throws ParleyError `bad_request` for a listener that is no function
   */
  readonly subscribe = (listener: () => void): (() => void) => {
    check(typeof listener === 'function', 'The listener must be a function.');
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  };

  /** The current snapshot. */
  readonly getSnapshot = (): Snapshot => {
    this.#snapshot ??= Object.freeze(this.build());
    return this.#snapshot;
  };

  /** @internal Something has changed. */
  changed(): void {
    this.#snapshot = undefined;
    for (const { listener } of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.report(error);
      }
    }
  }
}
