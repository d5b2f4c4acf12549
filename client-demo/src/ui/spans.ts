const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A day in seconds. */
export const DAY_SECONDS = 24 * HOUR;
/** An hour in seconds. */
export const HOUR_SECONDS = HOUR;

const UNITS = [
  ['day', DAY_SECONDS],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** A span of time in its largest unit, rounded: `2 hours`; at least a minute. */
export const spanWords = (ms: number): string => {
  const seconds = Math.max(MINUTE, ms / 1000);
  // What was a day a moment ago is not 24 hours now.
  const [unit, size] = UNITS.find(([, size]) => seconds >= size * 0.95) ?? UNITS[2];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};
