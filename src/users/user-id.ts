import { ValidateBy } from 'class-validator';
import { isPrintable } from '../schema/printable.js';

const MAX_LENGTH = 128;

/** Whether a value can be a user id: an account's, a guest's or an external issuer's. */
export const isUserId = (value: unknown): value is string => isPrintable(value, MAX_LENGTH);

/** A field with a user id. */
export const IsUserId = () =>
  ValidateBy({
    name: 'isUserId',
    validator: {
      validate: isUserId,
      defaultMessage: () => `must be 1 to ${MAX_LENGTH} printable characters`,
    },
  });
