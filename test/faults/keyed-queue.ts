/** Runs tasks of the same key one after another, in the order of the calls, and those of other keys concurrently. */
export class KeyedQueue<Key> {
  private readonly tails = new Map<Key, Promise<unknown>>();

  /** @returns the result of `task`. A failed task does not block the next one. */
  run<Value>(key: Key, task: () => Promise<Value>): Promise<Value> {
    const result = (this.tails.get(key) ?? Promise.resolve()).then(task);
    this.tails.set(
      key,
      result.catch(() => {}),
    );
    return result;
  }
}
