import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { WebSocket } from 'ws';
import { echoBridge } from '../../test/support/echo-bridge.js';
import { until } from '../../test/support/until.js';
import { MemoryBus } from '../bus/bus.memory.js';
import { readConfig } from '../config/config.js';
import { createFastifyAdapter } from '../http/fastify-adapter.js';
import { SessionRegistry } from '../signaling/session/session-registry.js';
import { ConnectionQuota } from '../websocket/connection-quota.js';
import { Drain } from '../websocket/drain.js';
import { upgradePolicy } from '../websocket/upgrade-policy.js';
import { WebSocketServerAdapter } from '../websocket/web-socket.adapter.js';
import type { BridgeServices } from './bridge.js';
import { BridgeHost } from './bridge-host.js';
import { serveBridges } from './serve-bridges.js';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** The real upgrade path, gate and HTTP server, with nothing behind them but the echo bridge. */
const start = async (environment: Record<string, string> = {}) => {
  const config = readConfig({ HEARTBEAT_MS: '100', SILENCE_MS: '20000', HELLO_TIMEOUT_MS: '400', ...environment });
  const faults: unknown[] = [];
  const log = { info() {}, warn() {}, error: (error: unknown) => faults.push(error) };
  const now = () => performance.now();
  const bus = new MemoryBus();
  const quota = new ConnectionQuota(config.sockets);
  const bridges = [echoBridge({ config, log, now } as unknown as BridgeServices)].filter(
    (bridge) => bridge !== undefined,
  );
  const host = new BridgeHost(bridges, config, quota, bus, log, now);
  const drain = new Drain(
    { graceMs: 1, spreadMs: 1, deadlineMs: 5_000 },
    new SessionRegistry(config.limits, now, Date.now),
  );
  drain.add(host);
  host.start();
  const adapter = createFastifyAdapter(config);
  const fastify = adapter.getInstance();
  serveBridges({ getHttpAdapter: () => adapter } as unknown as NestFastifyApplication, bridges);
  const app = { getHttpServer: () => fastify.server } as unknown as INestApplication;
  const { limits, maxBridgeFrameBytes, fastPaths } = config;
  const settings = { maxFrameBytes: limits.maxFrameBytes, maxBridgeFrameBytes, fastPaths };
  new WebSocketServerAdapter(app, upgradePolicy(config, drain, quota), settings, host.routes);
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  closings.push(async () => {
    await host.stop();
    await fastify.close();
  });
  return { port: (fastify.server.address() as AddressInfo).port, keeper: host, quota, drain, faults };
};

/** A client's socket, what came, and how it ended: a close code, or the status of the refused upgrade. */
const connect = async (port: number, query = '', headers: Record<string, string> = {}) => {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/echo/socket${query}`, { headers });
  const texts: string[] = [];
  const result = { ws, texts, end: undefined as number | undefined };
  ws.on('message', (data) => texts.push(data.toString()));
  ws.on('unexpected-response', (_request, response) => {
    result.end = response.statusCode;
  });
  ws.on('error', () => {});
  ws.on('close', (code) => {
    result.end ??= code;
  });
  await until(() => ws.readyState === ws.OPEN || result.end !== undefined);
  return result;
};

describe('a bridge', () => {
  it('is a maker and nothing more: its socket, its HTTP, its counts', async () => {
    const { port, keeper: host } = await start();
    const { ws, texts } = await connect(port);
    ws.send('one');
    ws.send('two');
    await until(() => texts.length === 2);
    expect(texts).toEqual(['one', 'two']);
    const answer = await fetch(`http://127.0.0.1:${port}/echo/hello`);
    expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(host.stats.get('echo')).toEqual({ sockets: 1, frames: 2, pauses: 0, admitted: 1, internalErrors: 0 });
  });

  it('lets pages of other origins read also what is not there', async () => {
    const { port } = await start();
    const answer = await fetch(`http://127.0.0.1:${port}/echo/nothing`);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
    expect((await fetch(`http://127.0.0.1:${port}/echoes`)).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is not there when it is switched off', async () => {
    const { port } = await start({ ECHO: 'off' });
    expect((await connect(port)).end).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/echo/hello`)).status).toBe(404);
  });

  it('stands behind the gate: strange origins, too many of one address', async () => {
    const { port } = await start({ MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '2' });
    expect((await connect(port, '', { origin: 'https://evil.example' })).end).toBe(403);
    await connect(port, '?stay');
    await connect(port, '?stay');
    expect((await connect(port)).end).toBe(429);
  });

  it('loses a client that it does not let in in time, and keeps one that it does', async () => {
    const { port, quota } = await start();
    const admitted = await connect(port);
    const stays = await connect(port, '?stay');
    expect(await until(() => stays.end)).toBe(4004);
    expect([admitted.end, quota.unauthenticated]).toEqual([undefined, 0]);
  });

  it('loses a client that is never heard', async () => {
    const { port, keeper: host } = await start({ SILENCE_MS: '400' });
    const unread = await connect(port);
    unread.ws.pause();
    await until(() => host.size === 0);
  });

  it('reads a client beyond its rate more slowly, and loses nothing', async () => {
    const { port, keeper: host } = await start({ FRAME_BURST: '10', FRAMES_PER_SECOND: '500' });
    const hasty = await connect(port);
    const numbers = Array.from({ length: 300 }, (_, n) => `${n}`);
    for (const number of numbers) hasty.ws.send(number);
    await until(() => hasty.texts.length === numbers.length);
    expect([hasty.texts, hasty.end]).toEqual([numbers, undefined]);
    expect(host.stats.get('echo')?.pauses).toBeGreaterThan(0);
  });

  it('leaves a flood in the network, pings too, and other clients notice nothing', async () => {
    const { port, keeper: host } = await start({ FRAME_BURST: '10', FRAMES_PER_SECOND: '1' });
    const flood = await connect(port);
    for (let n = 0; n < 3_000; n += 1) {
      flood.ws.send('x'.repeat(10_000));
      flood.ws.ping();
    }
    await until(() => host.stats.get('echo')?.pauses === 1);
    for (let n = 0; n < 5; n += 1) {
      const other = await connect(port);
      other.ws.send('still here');
      await until(() => other.texts.length === 1);
      other.ws.close();
    }
    expect(flood.ws.bufferedAmount).toBeGreaterThan(10_000_000);
    expect(flood.texts.length).toBeLessThanOrEqual(12);
    flood.ws.terminate();
  });

  it('takes no more from all sockets of an address than their common rate', async () => {
    const { port, keeper: host } = await start({ ADDRESS_FRAME_BURST: '10', ADDRESS_FRAMES_PER_SECOND: '1' });
    const [one, two] = [await connect(port), await connect(port)];
    for (let n = 0; n < 50; n += 1) for (const { ws } of [one, two]) ws.send(`${n}`);
    await until(() => host.stats.get('echo')?.pauses === 2);
    expect(host.stats.get('echo')?.frames).toBeLessThanOrEqual(15);
  });

  it('takes no frame that is too large, and none that is binary', async () => {
    const { port } = await start();
    const large = await connect(port);
    const largest = 'x'.repeat(256 * 1024);
    large.ws.send(largest);
    await until(() => large.texts.length === 1);
    expect(large.texts[0] === largest).toBe(true);
    large.ws.send(`${largest}x`);
    expect(await until(() => large.end)).toBe(1009);
    const binary = await connect(port);
    binary.ws.send(Buffer.from('x'));
    expect(await until(() => binary.end)).toBe(4515);
  });

  it('costs one socket when it has a fault', async () => {
    const { port, keeper: host, faults } = await start();
    const [one, two] = [await connect(port), await connect(port)];
    one.ws.send('throw');
    expect(await until(() => one.end)).toBe(1011);
    two.ws.send('still here');
    await until(() => two.texts.length === 1);
    expect([faults.length, host.stats.get('echo')?.internalErrors]).toEqual([1, 1]);
  });

  it('is emptied by a drain, and takes nobody then', async () => {
    const { port, drain } = await start();
    const client = await connect(port);
    await drain.run();
    expect(await until(() => client.end)).toBe(1012);
    expect((await connect(port)).end).toBe(503);
  });
});
