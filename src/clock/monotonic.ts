/**
 * Whole milliseconds of a clock that never goes back. Whole, since a session keeps half a dozen moments, and V8 keeps each
 * that has a fraction, or is beyond 24 days, in 16 bytes of its own.
 */
export const monotonic = (): number => Math.floor(performance.now());
