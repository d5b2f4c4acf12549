import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { resetSocket } from './reset-socket.js';

const pair = async (): Promise<{ near: Socket; far: Socket; close(): Promise<void> }> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  return { near, far: await accepted, close: () => new Promise((resolve) => server.close(() => resolve())) };
};

describe('resetting a socket', () => {
  it('is an RST to the other side', async () => {
    const { near, far, close } = await pair();
    const fault = new Promise<NodeJS.ErrnoException>((resolve) => far.once('error', resolve));
    resetSocket(near);
    expect((await fault).code).toBe('ECONNRESET');
    await close();
  });

  it('closes a socket whose FIN is in flight, and leaves no handle behind', async () => {
    const { near, far, close } = await pair();
    far.on('error', () => {});
    const faults: unknown[] = [];
    near.on('error', (error) => faults.push(error));
    const closed = new Promise((resolve) => near.once('close', resolve));
    near.end();
    resetSocket(near);
    await closed;
    far.destroy();
    expect(faults).toEqual([]);
    await close();
  });
});
