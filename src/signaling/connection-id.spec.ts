import { expect, it } from '@jest/globals';
import { newConnectionId } from './connection-id.js';

it('names each socket differently, over many fillings of the pool', () => {
  const ids = Array.from({ length: 2_000 }, newConnectionId);
  expect(new Set(ids).size).toBe(2_000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{16}$/);
});
