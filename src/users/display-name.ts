import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isPrintable, tidyText } from '../schema/printable.js';

/** Normalizes a text for people before validation. */
export const tidy = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? tidyText(value) : value);

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
