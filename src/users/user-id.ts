import { ValidateBy } from 'class-validator';
import { isPrintable } from './display-name.js';

const MAX_LENGTH = 128;

/** Whether a text can be a user's id: of an account, of a guest, or of an outside issuer. */
export const isUserId = (value: unknown): value is string => isPrintable(value, MAX_LENGTH);

/** A field that names a user by id. */
export const IsUserId = () =>
  ValidateBy({
    name: 'isUserId',
    validator: {
      validate: isUserId,
      defaultMessage: () => `must be 1 to ${MAX_LENGTH} characters that can be printed`,
    },
  });
