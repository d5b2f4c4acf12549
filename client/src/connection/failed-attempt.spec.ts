import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { ParleyError } from '../errors.js';
import { ParleyClient } from '../parley-client.js';
import { Clients } from '../testing/clients.js';
import { MAX_REFUSED_UPGRADES, probeUrl } from './failed-attempt.js';

/** Like a browser's, it does not tell the status of a refused upgrade. */
class Tightlipped extends WebSocket {
  override emit(event: string, ...values: unknown[]): boolean {
    return super.emit(event, ...(event === 'error' ? [new Error('')] : values));
  }
}

/** In real time: a busy machine takes longer for the first `fetch` than a faster clock allows. */
const clock = {
  now: () => performance.now(),
  setTimeout: (run: () => void, delayMs: number) => setTimeout(run, delayMs),
  clearTimeout: (timer: unknown) => clearTimeout(timer as number),
};

let clients: Clients;
const servers: Server[] = [];

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
});
afterEach(async () => {
  await clients.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server without WebSockets: it answers an upgrade as any request. */
const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const statuses = async (...list: number[]) => {
  let requests = 0;
  const url = await serve((_request, response) => {
    response.writeHead(list[requests++] ?? (list.at(-1) as number)).end();
  });
  return { url, requests: () => requests };
};

/** The first errors that a client reports. */
const errorsOf = (client: ParleyClient, count: number): Promise<ParleyError[]> =>
  new Promise((resolve) => {
    const errors: ParleyError[] = [];
    client.on('error', (error) => {
      if (errors.push(error) === count) resolve(errors);
    });
    client.connect().catch(() => {});
  });

describe('a failed connection attempt', () => {
  it('is reported once with the status of the refusal, and tried again', async () => {
    const { url } = await statuses(503);
    const errors = await errorsOf(clients.make({ url }), 3);
    expect(errors.map(({ code, attempt }) => [code, attempt])).toEqual(
      [1, 2, 3].map((count) => ['network', { count, closeCode: 1006, opened: false, status: 503 }]),
    );
  });

  it('with a refusal for good stops a client that was never connected, with the reason', async () => {
    const { url, requests } = await statuses(403);
    const client = clients.make({ url });
    const [errors] = await Promise.all([
      errorsOf(client, MAX_REFUSED_UPGRADES - 1),
      expect(client.connect()).rejects.toMatchObject({
        code: 'forbidden',
        attempt: { count: MAX_REFUSED_UPGRADES, status: 403 },
      }),
    ]);
    expect(errors.map(({ code }) => code)).toEqual(Array(MAX_REFUSED_UPGRADES - 1).fill('network'));
    expect([client.state, requests()]).toEqual(['closed', MAX_REFUSED_UPGRADES]);
  });

  it('with a refusal that may pass in between does not', async () => {
    const wrong = Array(MAX_REFUSED_UPGRADES - 1).fill(404);
    const { url } = await statuses(...wrong, 502, ...wrong, 503);
    const client = clients.make({ url });
    await errorsOf(client, 2 * MAX_REFUSED_UPGRADES);
    expect(client.state).toBe('connecting');
  });

  describe('by the WebSocket of the platform', () => {
    const { WebSocket: own } = globalThis;
    beforeEach(() => {
      globalThis.WebSocket = Tightlipped as never;
    });
    afterEach(() => {
      globalThis.WebSocket = own;
    });

    it('without a status tells whether the server answers at all', async () => {
      const asked: (string | undefined)[] = [];
      const url = await serve((request, response) => {
        if (!request.headers.upgrade) asked.push(request.url);
        response.writeHead(404).end();
      });
      const errors = await errorsOf(clients.make({ url, clock, WebSocket: globalThis.WebSocket }), 2);
      const attempts = errors
        .map(({ attempt }) => attempt)
        .sort((one, other) => (one?.count ?? 0) - (other?.count ?? 0));
      expect(attempts).toEqual([
        { count: 1, closeCode: 1006, opened: false, reachable: true },
        { count: 2, closeCode: 1006, opened: false },
      ]);
      expect(asked).toEqual(['/health/live']);
    });

    it('to an address where nothing listens says so', async () => {
      const { url } = await statuses(200);
      await new Promise((resolve) => servers.pop()?.close(resolve));
      const errors = await errorsOf(clients.make({ url, clock, WebSocket: globalThis.WebSocket }), 2);
      expect(errors.map(({ code, retryable }) => [code, retryable])).toEqual(Array(2).fill(['network', true]));
      expect(errors.map(({ attempt }) => attempt?.reachable)).toContain(false);
    });

    it('asks nothing of the network when the application passed the class', async () => {
      const asked: (string | undefined)[] = [];
      const url = await serve((request, response) => {
        if (!request.headers.upgrade) asked.push(request.url);
        response.writeHead(404).end();
      });
      const errors = await errorsOf(clients.make({ url, clock, WebSocket: class extends Tightlipped {} as never }), 2);
      expect(errors.map(({ attempt }) => attempt?.reachable)).toEqual([undefined, undefined]);
      expect(asked).toEqual([]);
    });
  });

  it('after the socket opened has its close code, and the count starts again after a welcome', async () => {
    const { gateway } = clients;
    gateway.script.hello = (_hello, _send, socket) => {
      if (gateway.of('hello').length === 2) return false;
      socket.close(1012);
      return true;
    };
    const client = clients.make();
    const [first] = await errorsOf(client, 1);
    expect(first).toMatchObject({ code: 'network', attempt: { count: 1, closeCode: 1012, opened: true } });
    await client.connect();
    const again = errorsOf(client, 1);
    gateway.current.socket.terminate();
    expect((await again)[0]).toMatchObject({ attempt: { count: 1 } });
  });
});

describe('the address of the plain request', () => {
  it.each([
    ['wss://host/v1/signaling', 'https://host/health/live'],
    ['ws://host:3000/parley/v1/signaling?a=1', 'http://host:3000/parley/health/live'],
    ['wss://host/elsewhere', 'https://host/health/live'],
  ])('for %s is %s', (url, probe) => {
    expect(probeUrl(url)).toBe(probe);
  });
});
