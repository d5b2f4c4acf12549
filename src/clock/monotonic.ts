/**
 * The time of a monotonic clock, in whole milliseconds. Whole, because V8 stores each fractional number, or one beyond
 * 24 days, as a separate 16-byte object, and a session holds half a dozen times.
 */
export const monotonic = (): number => Math.floor(performance.now());
