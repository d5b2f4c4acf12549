import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** Control characters, surrogates, line separators and bidirectional controls. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Normalizes a text for people to NFC without surrounding space, before validation. */
export const tidy = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.normalize('NFC').trim() : value;

/** Whether a text has 1 to `max` characters and none that affects the display of text around it. */
export const isPrintable = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max * 4 && isWithin([...value].length, max) && !UNPRINTABLE.test(value);

const isWithin = (length: number, max: number): boolean => length >= 1 && length <= max;

/** A text field for people: NFC, trimmed, 1 to `max` printable characters. */
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

/** A display name of 1 to 64 characters. */
export const IsDisplayName = (required = true) => IsPrintable(64, 'Ada Lovelace', required);
