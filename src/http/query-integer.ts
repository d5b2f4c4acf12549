import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** Digits alone: `Number` also reads `1e1`, `0x10`, a sign, space and the empty text. */
const DIGITS = /^\d{1,16}$/;

/** A parameter of a query that is a decimal integer from `min` to `max`. */
export const IsQueryInteger = (min: number, max: number) =>
  applyDecorators(
    Transform(({ value }) => (typeof value === 'string' && DIGITS.test(value) ? Number(value) : value)),
    IsInt(),
    Min(min),
    Max(max),
  );
