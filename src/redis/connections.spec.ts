import { expect, it, jest } from '@jest/globals';
import { neverUnhandled } from './connections.js';

it('an ASKING that nobody waits for ends no process, and still says how it went to whoever does', async () => {
  const answer: Promise<'OK'> = Promise.reject(new Error('Connection is closed.'));
  const looked = jest.spyOn(answer, 'catch');
  const node = { asking: () => answer };
  neverUnhandled(node);
  void node.asking();
  expect(looked).toHaveBeenCalled();
  await expect(node.asking()).rejects.toThrow('Connection is closed.');
});
