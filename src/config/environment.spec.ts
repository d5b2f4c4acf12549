import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENT } from './environment.js';

const OPERATIONS = new URL('../../docs/operations.md', import.meta.url);
const BRIDGES = join(import.meta.dirname, '../bridges');
/** Defaults that are generated, not fixed. */
const GENERATED = new Map([
  ['JWT_SECRET', 'generated and stored'],
  ['SESSION_SECRET', 'derived'],
]);
const UNITS: Readonly<Record<string, number>> = { MiB: 1_048_576, days: 86_400 };

/** The documented settings: names and defaults. */
const documented = (): [name: string, fallback: string][] => {
  const [, settings = ''] = readFileSync(OPERATIONS, 'utf8').split('\n## Settings\n');
  const rows = [...(settings.split('\n## ')[0] ?? '').matchAll(/^\| (`[^|]+`) \| ([^|]*) \|/gm)];
  return rows.flatMap(([, names = '', fallbacks = '']) => {
    const each = [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name as string);
    const defaults = fallbacks.split(', ');
    return each.map((name, index): [string, string] => [name, defaults[index] ?? '(no default)']);
  });
};

/** The variables that the bridges define. */
const bridgeSettingNames = (): string[] =>
  readdirSync(BRIDGES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /settings\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(join(BRIDGES, file), 'utf8').matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)])
    .map(([, name]) => name as string);

/** The value of a documented default: `4 MiB`, `30 days`, `–` for none. */
const meaning = (text: string): unknown => {
  const [, count, unit] = /^(\d+)(?: (\w+))?$/.exec(text) ?? [];
  if (count !== undefined) return String(Number(count) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN)));
  return text === '–' ? '' : text;
};

describe('the settings in docs/operations.md', () => {
  it('are exactly the variables that are read', () => {
    const names = documented().map(([name]) => name);
    expect(names.toSorted()).toEqual([...Object.keys(ENVIRONMENT.shape), ...bridgeSettingNames()].sort());
  });

  it('have the actual defaults', () => {
    const holds = ENVIRONMENT.parse({}) as Record<string, unknown>;
    for (const [name, fallback] of documented().filter(([known]) => known in ENVIRONMENT.shape)) {
      expect([name, meaning(fallback)]).toEqual([name, GENERATED.get(name) ?? String(holds[name] ?? '')]);
    }
  });
});
