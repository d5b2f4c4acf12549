const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** One day in seconds. */
export const DAY_SECONDS = 24 * HOUR;
/** One hour in seconds. */
export const HOUR_SECONDS = HOUR;

const UNITS = [
  ['day', DAY_SECONDS],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** A duration in its largest unit, rounded: `2 hours`. At least one minute. */
export const spanWords = (ms: number): string => {
  const seconds = Math.max(MINUTE, ms / 1000);
  // A day minus a moment is still shown as one day, not as 24 hours.
  const [unit, size] = UNITS.find(([, size]) => seconds >= size * 0.95) ?? UNITS[2];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};
