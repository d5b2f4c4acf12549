import { ValidateBy } from 'class-validator';

/** An RFC 3339 timestamp with its offset. Without an ordinal or week date, which only ISO 8601 has. */
const MOMENT = /^(\d{4}-\d\d-(\d\d))T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** The years 1 to 9999 in UTC: what `Date` writes without a sign, and PostgreSQL reads. */
const [EARLIEST, LATEST] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** Parses a timestamp. @returns milliseconds since the Unix epoch; NaN when the value is not a timestamp */
export const momentOf = (value: unknown): number => {
  const [, date, day] = (typeof value === 'string' && MOMENT.exec(value)) || [];
  // `Date` reads 30 February as 1 or 2 March.
  if (date === undefined || new Date(date).getUTCDate() !== Number(day)) return Number.NaN;
  const moment = Date.parse(value as string);
  return moment >= EARLIEST && moment <= LATEST ? moment : Number.NaN;
};

/** A field that is a timestamp, `future`: later than now. */
export const IsMoment = (which: 'any' | 'future' = 'any') =>
  ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value) => momentOf(value) > (which === 'any' ? Number.NEGATIVE_INFINITY : Date.now()),
      defaultMessage: () => `must be a ${which === 'any' ? '' : 'future '}timestamp such as 2099-12-24T18:00:00Z`,
    },
  });
