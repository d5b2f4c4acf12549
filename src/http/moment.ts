import { ValidateBy } from 'class-validator';

/** RFC 3339, with its offset: a moment that means the same everywhere. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** @returns milliseconds since the Unix epoch; NaN when the value is no moment */
export const momentOf = (value: unknown): number =>
  typeof value === 'string' && MOMENT.test(value) ? new Date(value).getTime() : Number.NaN;

/** A field that is a moment. */
export const IsMoment = (which: 'any' | 'to come' = 'any') =>
  ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value) => momentOf(value) > (which === 'any' ? Number.NEGATIVE_INFINITY : Date.now()),
      defaultMessage: () => `must be a moment${which === 'any' ? '' : ' to come'}, as 2099-12-24T18:00:00Z`,
    },
  });
