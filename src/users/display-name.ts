import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** Control characters, half characters, and what can turn the direction of text around it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** What a body field that people will read becomes before it is checked. */
export const tidy = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.normalize('NFC').trim() : value;

/** Whether a text of 1 to `most` characters can be shown without doing something to what stands around it. */
export const isPrintable = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max * 4 && isWithin([...value].length, max) && !UNPRINTABLE.test(value);

const isWithin = (length: number, max: number): boolean => length >= 1 && length <= max;

/** A field for people to read: NFC, no space at its ends, 1 to `most` characters, all printable. */
export const IsPrintable = (max: number, example: string, required = true) =>
  applyDecorators(
    ApiProperty({ example, minLength: 1, maxLength: max, required }),
    Transform(tidy),
    ValidateBy({
      name: 'isPrintable',
      validator: {
        validate: (value) => isPrintable(value, max),
        defaultMessage: () => `must be 1 to ${max} characters without control characters`,
      },
    }),
  );

/** The name that others see. */
export const IsDisplayName = (required = true) => IsPrintable(64, 'Ada Lovelace', required);
