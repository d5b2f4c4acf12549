import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';

const MAX_FAULTS = 20;

/**
 * Validates bodies and queries by their class. Unknown fields are refused; errors name fields, never values.
 * Applied to REST controllers only: app-wide it would also run on every frame of the gateway.
 */
export const restValidation = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) =>
    new ProtocolError('bad_request', 'Some fields are not what the API describes.', {
      errors: errors.flatMap((error) => faultsOf(error, '')).slice(0, MAX_FAULTS),
    }),
});

type FieldFault = { readonly field: string; readonly message: string };

const faultsOf = ({ property, constraints, children }: ValidationError, above: string): FieldFault[] => {
  // An unknown field's name is client input: it is echoed only when it looks like a name.
  const name = /^[A-Za-z0-9_.-]{1,64}$/.test(property) ? property : '?';
  const field = `${above}${name}`;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? 'is not a field of this request' : sentence(message, property),
  }));
  return [...own, ...(children ?? []).flatMap((child) => faultsOf(child, `${field}.`))];
};

/** class-validator begins its sentences with the field's name. */
const sentence = (message: string, property: string): string =>
  message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
