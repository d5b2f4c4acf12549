import { describe, expect, it } from '@jest/globals';
import { hasDuplicateNames } from './unique-names.js';

describe('duplicate names in JSON', () => {
  it.each([
    ['at the top', '{"sub":"a","sub":"b"}'],
    ['with space before the colon', '{"sub" : "a", "sub"\n: "b"}'],
    ['written with an escape', '{"sub":"a","\\u0073ub":"b"}'],
    ['in an inner object', '{"parley":{"rooms":{"a":"guest","a":"owner"}}}'],
    ['in an object in a list', '[[],{"a":1,"b":[{}],"a":2}]'],
    ['after an object that ends', '{"a":{"b":1},"a":2}'],
    ['named __proto__', '{"__proto__":1,"__proto__":2}'],
    ['that end in a backslash', '{"a\\\\":1,"a\\\\":2}'],
  ])('are found %s', (_, json) => {
    expect(() => JSON.parse(json)).not.toThrow();
    expect(hasDuplicateNames(json)).toBe(true);
  });

  it.each([
    ['the same name in different objects', '{"a":{"a":{"a":[{"a":1},{"a":2}]}}}'],
    ['names as values', '{"a":"b","b":"a","c":["a","a"]}'],
    ['brackets, colons and quotation marks in strings', '{"a":"{\\"a\\":1,\\"a\\":2}","b":"}","{":1,"c":":"}'],
    ['no object', '"a"'],
  ])('are not %s', (_, json) => {
    expect(() => JSON.parse(json)).not.toThrow();
    expect(hasDuplicateNames(json)).toBe(false);
  });
});
