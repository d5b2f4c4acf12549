/**
 * Waits until a condition holds, by polling.
 * @returns the result of `condition`, once it is neither false nor undefined nor null
 */
export const until = async <Value>(
  condition: () => Value | Promise<Value>,
  withinMs = 20_000,
): Promise<Exclude<Value, false | undefined | null>> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined && value !== null) {
      return value as Exclude<Value, false | undefined | null>;
    }
    if (performance.now() > end) throw new Error(`The condition did not hold within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
