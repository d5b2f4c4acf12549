import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';

const MAX_FAULTS = 20;

/** Names that class-transformer drops, so that validation would not see them. */
const DROPPED = ['__proto__', 'constructor'] as const;

/** Refuses what `ValidationPipe` drops unseen. */
class StrictValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const dropped = typeof value === 'object' && value !== null && DROPPED.find((name) => Object.hasOwn(value, name));
    if (dropped) return Promise.reject(refusal([{ field: dropped, message: NO_FIELD }]));
    return super.transform(value, metadata);
  }
}

const NO_FIELD = 'is not a field of this request';

/**
 * Validates bodies and queries by their class. Unknown fields are refused; errors name fields, never values.
 * Applied to REST controllers only: app-wide it would also run on every frame of the gateway.
 */
export const restValidation = new StrictValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) =>
    refusal(errors.flatMap((error) => faultsOf(error, '')).slice(0, MAX_FAULTS)),
});

const refusal = (errors: readonly FieldFault[]): ProtocolError =>
  new ProtocolError('bad_request', 'Some fields are not what the API describes.', { errors });

type FieldFault = { readonly field: string; readonly message: string };

const faultsOf = ({ property, constraints, children }: ValidationError, above: string): FieldFault[] => {
  // An unknown field's name is client input: it is echoed only when it looks like a name.
  const name = /^[A-Za-z0-9_.-]{1,64}$/.test(property) ? property : '?';
  const field = `${above}${name}`;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? NO_FIELD : sentence(message, property),
  }));
  return [...own, ...(children ?? []).flatMap((child) => faultsOf(child, `${field}.`))];
};

/** class-validator begins its sentences with the field's name. */
const sentence = (message: string, property: string): string =>
  message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
