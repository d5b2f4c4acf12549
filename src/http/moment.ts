import { ValidateBy } from 'class-validator';

/** An RFC 3339 timestamp with its offset. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Parses a timestamp. @returns milliseconds since the Unix epoch; NaN when the value is not a timestamp */
export const momentOf = (value: unknown): number =>
  typeof value === 'string' && MOMENT.test(value) ? new Date(value).getTime() : Number.NaN;

/** A field that is a timestamp, `future`: later than now. */
export const IsMoment = (which: 'any' | 'future' = 'any') =>
  ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value) => momentOf(value) > (which === 'any' ? Number.NEGATIVE_INFINITY : Date.now()),
      defaultMessage: () => `must be a ${which === 'any' ? '' : 'future '}timestamp such as 2099-12-24T18:00:00Z`,
    },
  });
