import type { Random } from './random.js';

/** Values that often break programs. */
const UNUSUAL: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  -0,
  2 ** 31,
  2 ** 48,
  2 ** 53,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  '..',
  '*',
  'a}{b',
  "' or 1=1 --",
  '<script>',
  '__proto__',
  'constructor',
  'null',
  '🐎'.repeat(100),
  'x'.repeat(5_000),
  [],
  [[]],
  {},
  { $gt: '' },
  { toString: 'x' },
  Array(500).fill(1),
];

/** The part of JSON Schema that the documents of this project use. */
export interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly example?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export type Resolve = (reference: string) => Schema;

/** Generates a value that usually matches a schema. */
export const valueFrom = (random: Random, schema: Schema, resolve: Resolve, unusualRate = 0.05): unknown => {
  if (random.chance(unusualRate)) return random.pick(UNUSUAL);
  if (schema.$ref !== undefined) return valueFrom(random, resolve(schema.$ref), resolve, unusualRate);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  if (schema.anyOf !== undefined) return valueFrom(random, random.pick(schema.anyOf), resolve, unusualRate);
  if (schema.allOf !== undefined) return valueFrom(random, random.pick(schema.allOf), resolve, unusualRate);
  if (schema.example !== undefined && random.chance(0.6)) return schema.example;
  switch (schema.type) {
    case 'object':
      return objectOf(random, schema, resolve, unusualRate);
    case 'array':
      return Array.from({ length: random.below(4) }, () => valueFrom(random, schema.items ?? {}, resolve, unusualRate));
    case 'integer':
    case 'number':
      return (
        (schema.minimum ?? 0) + random.below(Math.min(1_000, (schema.maximum ?? 1_000) - (schema.minimum ?? 0) + 1))
      );
    case 'boolean':
      return random.chance(0.5);
    case 'string':
      return textOf(random, schema);
    default:
      return random.pick(UNUSUAL);
  }
};

const objectOf = (random: Random, schema: Schema, resolve: Resolve, unusualRate: number): unknown => {
  const entries = Object.entries(schema.properties ?? {})
    .filter(([name]) => schema.required?.includes(name) !== false || random.chance(0.5))
    .filter(() => !random.chance(unusualRate))
    .map(([name, property]) => [name, valueFrom(random, property, resolve, unusualRate)]);
  if (random.chance(unusualRate))
    entries.push([random.pick(['extra', 'role', '__proto__', 'x'.repeat(100)]), random.pick(UNUSUAL)]);
  return Object.fromEntries(entries);
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** Generates an id; its length is that in the pattern, if there is one. */
const textOf = (random: Random, { pattern, minLength = 0, maxLength = 20 }: Schema): string => {
  const counted = /\{(\d+)(?:,(\d+))?\}/.exec(pattern ?? '');
  const least = counted === null ? minLength : Number(counted[1]);
  const max = counted === null ? Math.min(maxLength, least + 20) : Number(counted[2] ?? counted[1]);
  return Array.from({ length: least + random.below(max - least + 1) }, () => random.pick([...ALPHABET])).join('');
};

/** Returns a text with a few characters changed, doubled, removed or moved. */
export const mutate = (random: Random, text: string): string => {
  let bytes = text;
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) {
    const at = random.below(bytes.length + 1);
    const length = random.below(8);
    switch (random.below(5)) {
      case 0:
        bytes = bytes.slice(0, at) + bytes.slice(at + length);
        break;
      case 1:
        bytes =
          bytes.slice(0, at) +
          random.pick(['"', '{', '}', '[', ',', ':', '\n', '\u0000', '\\u0000', '\\', '1e999', '-']) +
          bytes.slice(at);
        break;
      case 2:
        bytes = bytes.slice(0, at) + bytes.slice(at, at + length).repeat(3) + bytes.slice(at);
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      default:
        bytes = bytes.slice(0, at) + String.fromCharCode(random.below(0x3000)) + bytes.slice(at + 1);
    }
  }
  return bytes;
};
