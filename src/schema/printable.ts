/** Control characters, surrogates, line separators and bidirectional controls. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Normalizes a text for people to NFC without surrounding space. */
export const tidyText = (text: string): string => text.normalize('NFC').trim();

/**
 * Whether a text has 1 to `max` characters and none that affects the display of text around it. PostgreSQL stores every
 * such text, unlike U+0000 and single surrogates.
 */
export const isPrintable = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max * 4 && isWithin([...value].length, max) && !UNPRINTABLE.test(value);

const isWithin = (length: number, max: number): boolean => length >= 1 && length <= max;
