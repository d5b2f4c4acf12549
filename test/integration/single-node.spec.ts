import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { SIGNALING_PATH, SUBPROTOCOL } from '@parley/protocol';
import { WebSocket } from 'ws';
import { startNode } from '../support/start-node.js';

it('a single node ends at once on SIGTERM, and tells its clients to reconnect', async () => {
  // Longer than the test's timeout: a node that waited for the clients would fail it.
  const node = await startNode({ DRAIN_GRACE_MS: '60000', DRAIN_SPREAD_MS: '0', DRAIN_DEADLINE_MS: '600000' });
  const socket = new WebSocket(node.url.replace('http', 'ws') + SIGNALING_PATH, SUBPROTOCOL);
  await once(socket, 'open');
  const frames: string[] = [];
  socket.on('message', (frame) => frames.push(String(frame)));
  const closed = once(socket, 'close');
  expect(await node.terminate()).toBe(0);
  const [code] = await closed;
  expect(code).toBe(1012);
  expect(frames.join()).not.toContain('"drain"');
});
