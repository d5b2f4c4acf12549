import type { Config } from './config.js';

const HIDDEN = '[redacted]';
/** Names of settings whose value is a secret. */
const SECRET = /secret|password|credential$/i;
/** Matches a URL's user info, up to the last `@` since a password may contain others, and its query. */
const IN_URL = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^?#]*@)?([^?#]*)(.*)$/is;

/** The configuration for the log, with secrets replaced by `[redacted]`. */
export const redacted = (config: Config): Record<string, unknown> => hide(config) as Record<string, unknown>;

/** An `@` behind `?` or `#` may belong to a password that contains these, so nothing of the address is certain. */
const shown = (_url: string, scheme: string, address: string, rest: string): string =>
  rest.includes('@') ? `${scheme}${HIDDEN}` : `${scheme}${address}`;

const hide = (value: unknown, name = ''): unknown => {
  if (typeof value === 'function') return undefined;
  if (Array.isArray(value)) return value.map((part) => hide(part));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, hide(part, key)]));
  }
  if (typeof value !== 'string') return value;
  return SECRET.test(name) ? HIDDEN : value.replace(IN_URL, shown);
};
