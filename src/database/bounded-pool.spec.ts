import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { BoundedPool } from './bounded-pool.js';
import { DatabaseBusy } from './database-errors.js';

it('refuses a query at once when the queue is full', async () => {
  // A server that says nothing: every query waits.
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const pool = new BoundedPool({ host: '127.0.0.1', port, max: 1, connectionTimeoutMillis: 200 }, 2);
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => pool.query('select 1')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof DatabaseBusy);
  expect(refused).toHaveLength(2);
  await pool.end();
  silent.close();
});
