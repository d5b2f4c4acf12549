import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, ValidateBy } from 'class-validator';
import { COMMON_PASSWORDS } from '../common-passwords.js';

const EXAMPLE = 'plum tractor sings 42';

/** A new password (NIST SP 800-63B §5.1.1): 8 to 128 characters, and not a common one. */
export const IsNewPassword = (required = true) =>
  applyDecorators(
    ApiProperty({ example: EXAMPLE, minLength: 8, maxLength: 128, required }),
    IsString(),
    Length(8, 128),
    ValidateBy({
      name: 'isUncommon',
      validator: {
        validate: (value) => typeof value === 'string' && !COMMON_PASSWORDS.has(value.toLowerCase()),
        defaultMessage: () => 'is a common password; choose another one',
      },
    }),
  );

/** An existing password, to be verified. */
export const IsPassword = (required = true) =>
  applyDecorators(ApiProperty({ example: EXAMPLE, maxLength: 128, required }), IsString(), Length(1, 128));
