import { expect, it } from '@jest/globals';
import { ID_PATTERN } from '@parley/protocol';
import { newNodeId } from './new-node-id.js';

it('is an id, and differs at each start', () => {
  const [first, second] = [newNodeId('node-1'), newNodeId('node-1')];
  expect(first).toMatch(/^node-1-[A-Za-z0-9]{8}$/);
  expect(first).not.toBe(second);
});

it('is an id with a name of 63 characters too, and keeps the end of the name', () => {
  const id = newNodeId(`${'parley-signaling-'.repeat(3)}6b8f9c7d5-x2x9`);
  expect(id).toMatch(ID_PATTERN);
  expect(id).toMatch(/-6b8f9c7d5-x2x9-[A-Za-z0-9]{8}$/);
});
