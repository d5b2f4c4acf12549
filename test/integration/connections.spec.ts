import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningNode, startNode } from '../support/start-node.js';
import { until } from '../support/until.js';

const MAX = 6;

describe('connections of one address', () => {
  let node: RunningNode | undefined;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    node = await startNode({ MAX_SOCKETS_PER_ADDRESS: `${MAX}`, TRUSTED_PROXIES: '' });
  }, 120_000);
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await node?.stop();
  });

  /** A request on a connection of its own, which is left open. */
  const ask = async (headers = '') => {
    const { hostname, port } = new URL((node as RunningNode).url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    let answer = '';
    let isClosed = false;
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('close', () => (isClosed = true));
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(`GET /v1/signaling HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n`);
    await until(() => answer.includes('\r\n\r\n'));
    return { status: Number(answer.split(' ')[1]), answer, socket, isClosed: () => isClosed };
  };

  it('count when they are idle, and one more is refused, for HTTP and for WebSockets', async () => {
    const idle = [];
    for (let n = 0; n < MAX; n += 1) idle.push(await ask());
    expect(idle.filter(({ status }) => status === 429).length).toBeLessThan(MAX);
    const refused = await ask();
    expect([refused.status, refused.answer]).toEqual([429, expect.stringMatching(/retry-after: 2/i)]);
    await until(refused.isClosed);
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
    expect((await ask(`${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`)).status).toBe(429);
    for (const { socket } of idle) socket.destroy();
    await until(async () => (await ask()).status !== 429);
  }, 60_000);
});
