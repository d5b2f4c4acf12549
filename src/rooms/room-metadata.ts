import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';

const MAX_BYTES = 4_096;
const MAX_DEPTH = 16;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a value is a JSON object of at most 4 KiB without keys that reach a prototype and that jsonb can store. */
export const isRoomMetadata = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return isStorable(value, MAX_DEPTH) && Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES;
};

/** jsonb cannot hold U+0000, nor half a surrogate pair. */
const isStorable = (value: unknown, depth: number): boolean => {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((part) => isStorable(part, depth - 1));
  return Object.entries(value).every(
    ([key, part]) => !FORBIDDEN.has(key) && isStorableText(key) && isStorable(part, depth - 1),
  );
};

const isStorableText = (text: string): boolean => !text.includes('\u0000') && !/\p{Cs}/u.test(text);

/** A field with an application's own data about a room. */
export const IsRoomMetadata = () =>
  applyDecorators(
    ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { topic: 'Weekly' } }),
    ValidateBy({
      name: 'isRoomMetadata',
      validator: {
        validate: isRoomMetadata,
        defaultMessage: () => `must be a JSON object of at most ${MAX_BYTES} bytes, at most ${MAX_DEPTH} levels deep`,
      },
    }),
  );
