import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';

const SOURCE = join(import.meta.dirname, '..');
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\/dto\/\w+\.(requests|quer(y|ies))\.ts$/.test(path),
);

type Constructor = new () => object;

interface Field {
  readonly name: string;
  /** How the class declares it: `!` always there, `?` may be absent, `=` has a default. */
  readonly mark: string;
}

/** The fields that the class itself declares, not those it inherits. */
const fieldsOf = (source: string, name: string): Field[] => {
  const body = new RegExp(`^export class ${name}\\b[^{]*\\{$(.*?)^\\}$`, 'ms').exec(source)?.[1];
  if (body === undefined) throw new Error(`no class ${name}`);
  return [...body.matchAll(/^ {2}readonly (\w+)([!?])?:[^=]*?( =.*)?;$/gm)].map(([, field = '', mark = '=']) => ({
    name: field,
    mark,
  }));
};

/** Whether a validator lets the field be absent, and whether the API's description says so. */
const describeField = (type: Constructor, name: string) => {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  const api = Reflect.getMetadata('swagger/apiModelProperties', type.prototype, name) as { required?: boolean };
  return {
    mayBeAbsent: rules.some((rule) => rule.propertyName === name && rule.type === 'conditionalValidation'),
    isOptionalInApi: api.required === false,
  };
};

describe('the fields of requests', () => {
  it('has files to look at', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(6);
  });

  it.each(FILES)('are required exactly where their class says so: %s', async (path) => {
    const source = readFileSync(join(SOURCE, path), 'utf8');
    const module = (await import(join(SOURCE, path))) as Record<string, Constructor>;
    const found = Object.entries(module).flatMap(([name, type]) =>
      fieldsOf(source, name).map((field) => ({
        name: `${name}.${field.name}`,
        mark: field.mark,
        ...describeField(type, field.name),
      })),
    );
    expect(found.length).toBeGreaterThan(0);
    const wrong = found.filter(
      ({ mark, mayBeAbsent, isOptionalInApi }) => mayBeAbsent === (mark === '!') || isOptionalInApi === (mark === '!'),
    );
    expect(wrong).toEqual([]);
  });
});
