import { ID_PATTERN, INVITE_TOKEN_PATTERN } from '@parley/protocol';
import type { ConnectOptions, JoinOptions } from './client-events.js';
import { ParleyError } from './errors.js';
import { checkSize, json } from './sizes.js';

/** Keys that the server refuses in a header, at any depth: they change an object's prototype when it is merged. */
const POISON = /"(?:__proto__|constructor|prototype)"\s*:/;

/**
 * @internal Check an argument of the public API: JavaScript gets no help from types, and the server counts malformed
 * frames against the client. @throws ParleyError `bad_request`
 */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ParleyError('bad_request', message);
}

/** @internal @throws ParleyError `bad_request` unless it is the id of a room, a peer or a knock */
export const checkId = (value: unknown, name: string): void =>
  check(typeof value === 'string' && ID_PATTERN.test(value), `The ${name} is invalid.`);

/** @internal @throws ParleyError `bad_request` unless it is an integer from `min` to `max`, or absent */
export const checkInteger = (value: unknown, name: string, min: number, max: number): void =>
  check(
    value === undefined || (Number.isInteger(value) && (value as number) >= min && (value as number) <= max),
    `${name} must be an integer from ${min} to ${max}.`,
  );

/** @internal @throws ParleyError `bad_request` unless it is a boolean, or absent */
export const checkFlag = (value: unknown, name: string): void =>
  check(value === undefined || typeof value === 'boolean', `${name} must be true or false.`);

/** @internal @throws ParleyError `bad_request` unless it is a function, or absent */
export const checkFunction = (value: unknown, name: string): void =>
  check(value === undefined || typeof value === 'function', `${name} must be a function.`);

/** @internal @throws ParleyError `bad_request` unless it is an object, and no array */
export const checkObject = (value: unknown, name: string): void =>
  check(typeof value === 'object' && value !== null && !Array.isArray(value), `${name} must be an object.`);

/** @internal @throws ParleyError `bad_request` unless it is a JSON object; `payload_too_large` beyond `maxBytes` */
export const checkMeta = (meta: unknown, maxBytes: number): void => {
  checkObject(meta, 'meta');
  const text = json(meta);
  check(!POISON.test(text), 'meta has a key that is not allowed: __proto__, constructor or prototype.');
  checkSize(text, maxBytes);
};

/** @internal @throws ParleyError `bad_request` for a wrong option */
export const checkConnectOptions = (options: ConnectOptions): void => {
  checkObject(options, 'options');
  const { signal } = options;
  check(signal === undefined || typeof signal?.addEventListener === 'function', 'signal must be an AbortSignal.');
};

/** @internal @throws ParleyError `bad_request` for a wrong option; `invite_invalid` for a text that is no invite */
export const checkJoinOptions = (options: JoinOptions, maxMetaBytes: number): void => {
  checkConnectOptions(options);
  const { meta, media, invite, waiting } = options;
  if (meta !== undefined) checkMeta(meta, maxMetaBytes);
  checkFlag(media, 'media');
  checkFunction(waiting, 'waiting');
  check(invite === undefined || typeof invite === 'string', 'invite must be a string.');
  // Typically from a link that was cut short: no mistake of the program.
  if (invite !== undefined && !INVITE_TOKEN_PATTERN.test(invite)) throw new ParleyError('invite_invalid');
};
