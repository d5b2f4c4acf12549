import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DEFAULT_LIMITS } from '@parley/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import type { ParleyError } from './errors.js';
import type { ParleyClientOptions } from './options.js';
import { Clients, once } from './testing/clients.js';
import type { FakeGateway } from './testing/fake-gateway.js';

let clients: Clients;
let gateway: FakeGateway;
const makeClient = (more?: Partial<ParleyClientOptions>) => clients.make(more);

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});

afterEach(() => clients.stop());

describe('connecting', () => {
  it('says hello with a key of 32 bytes, the attempt and the feature heartbeat', async () => {
    await makeClient({ features: ['extra'] }).connect();
    expect(gateway.current.hello).toMatchObject({ token: 'token', attempt: 1, features: ['heartbeat', 'extra'] });
    expect(gateway.current.hello.key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('rejects when the URL has a token, and does not try again', async () => {
    gateway.script.hello = (_hello, send, socket) => {
      send({ type: 'error', code: 'token_in_url', message: 'No.', retryable: false });
      socket.close(4502);
      return true;
    };
    await expect(makeClient().connect()).rejects.toMatchObject({ code: 'token_in_url', retryable: false });
  });

  it('rejects when the server refuses for good, with the reason', async () => {
    gateway.script.hello = (hello, send, socket) => {
      send({ type: 'error', re: hello.id, code: 'token_invalid', message: 'No.', retryable: false });
      socket.close(4501);
      return true;
    };
    const client = makeClient();
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await expect(client.connect()).rejects.toMatchObject({ code: 'token_invalid', retryable: false });
    expect(await closed).toMatchObject({ code: 'token_invalid' });
    expect(client.state).toBe('closed');
  });

  it('keeps trying while the service is away, with a higher attempt each time and the same key', async () => {
    gateway.script.hello = (hello, _send, socket) => {
      if (hello.attempt >= 3) return false;
      socket.close(1012);
      return true;
    };
    await makeClient().connect();
    expect(gateway.of('hello').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(gateway.of('hello').map(({ key }) => key)).size).toBe(1);
  });

  it('asks for a fresh token at each connect, and comes back after token_expired', async () => {
    let tokens = 0;
    const client = makeClient({ token: () => `token-${++tokens}` });
    await client.connect();
    gateway.current.socket.close(4001);
    await gateway.until(() => gateway.sockets.length === 2);
    expect(gateway.current.hello.token).toBe('token-2');
  });

  it('ends when a token that cannot become fresh has expired', async () => {
    const client = makeClient({ token: 'fixed' });
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await client.connect();
    gateway.current.socket.close(4001);
    expect(await closed).toMatchObject({ code: 'token_expired' });
  });

  it('refreshes the token in time, without a new socket', async () => {
    let tokens = 0;
    const client = makeClient({ token: async () => `token-${++tokens}` });
    await client.connect();
    gateway.current.send({ type: 'token_expiring', expiresAt: 0 });
    await gateway.until(() => gateway.of('refresh').length === 1);
    expect(gateway.of('refresh')[0]).toMatchObject({ token: 'token-2' });
    expect(gateway.sockets).toHaveLength(1);
  });

  it('hands the server a fresh token when it is asked to, and says why it could not', async () => {
    const tokens = ['token-1', 'token-2'];
    const client = makeClient({ token: () => tokens.shift() ?? Promise.reject(new Error('signed out')) });
    await client.connect();
    await client.refreshToken();
    expect(gateway.of('refresh')[0]).toMatchObject({ token: 'token-2' });
    await expect(client.refreshToken()).rejects.toMatchObject({ code: 'network', message: 'signed out' });
    await expect(makeClient({ token: 'fixed' }).refreshToken()).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('runs the token callback once at a time, when a refresh and a reconnect need it', async () => {
    let [running, max] = [0, 0];
    const answers: (() => void)[] = [];
    const release = () => answers.splice(0).forEach((answer) => void answer());
    const token = async () => {
      max = Math.max(max, ++running);
      if (gateway.sockets.length > 0) await new Promise<void>((resolve) => answers.push(resolve));
      running -= 1;
      return 'token';
    };
    const client = makeClient({ token });
    await client.connect();
    gateway.current.socket.terminate();
    // The reconnect asks, and waits; then the application wants another one.
    while (answers.length === 0) await new Promise(setImmediate);
    const refreshed = client.refreshToken();
    release();
    while (answers.length === 0) await new Promise(setImmediate);
    release();
    await refreshed;
    expect(max).toBe(1);
  });

  it('reports a token callback that never settles, and connects with the next call', async () => {
    let calls = 0;
    const token = () => (++calls === 1 ? new Promise<string>(() => {}) : 'token');
    const client = makeClient({ token, tokenTimeoutMs: 50 });
    const errors: ParleyError[] = [];
    client.on('error', (error) => errors.push(error));
    await client.connect();
    expect([calls, errors.map(({ code }) => code)]).toEqual([2, ['timeout']]);
  });

  it('reports a token callback that never settles when the token expires, and renews with the next call', async () => {
    let calls = 0;
    const token = () => (++calls === 2 ? new Promise<string>(() => {}) : `token-${calls}`);
    const client = makeClient({ token, tokenTimeoutMs: 50 });
    const failed = once<ParleyError>((listener) => client.on('error', listener));
    await client.connect();
    gateway.current.send({ type: 'token_expiring', expiresAt: 0 });
    expect(await failed).toMatchObject({ code: 'timeout' });
    await gateway.until(() => gateway.of('refresh').length === 1);
    expect(gateway.of('refresh')[0]).toMatchObject({ token: 'token-3' });
  });

  it('answers a ping with a pong', async () => {
    await makeClient().connect();
    gateway.current.send({ type: 'ping' });
    await gateway.until(() => gateway.of('pong').length === 1);
  });

  it('takes a normal close by the server for a reason to come back', async () => {
    await makeClient().connect();
    gateway.current.socket.close(1000);
    await gateway.until(() => gateway.sockets.length === 2);
    expect(gateway.current.hello.attempt).toBe(2);
  });

  it('asks a silent server, and opens another socket when there is no answer', async () => {
    gateway.script.limits = { ...DEFAULT_LIMITS, silenceMs: 8_000 };
    gateway.script.frame = ({ type }) => type === 'ping';
    await makeClient().connect();
    await gateway.until(() => gateway.sockets.length === 2);
    expect(gateway.of('ping')).toHaveLength(1);
  });

  it('asks at once whether the path is alive when the network changes', async () => {
    let changed = () => {};
    const client = makeClient({
      networkChanges: (listener) => {
        changed = listener;
        return () => {};
      },
    });
    await client.connect();
    changed();
    await gateway.until(() => gateway.of('ping').length === 1);
    expect(client.state).toBe('connected');
  });

  it('stops when its current socket is superseded by another holder of the key', async () => {
    const client = makeClient();
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await client.connect();
    gateway.current.socket.close(4509);
    expect(await closed).toMatchObject({ code: 'superseded' });
  });

  it('does not take what was said of a signal for the reason of its end', async () => {
    const client = makeClient();
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await client.connect();
    gateway.current.send({ type: 'error', to: 'a', seq: 1, code: 'peer_away', message: 'Away.', retryable: true });
    gateway.current.socket.close(4510);
    expect(await closed).toMatchObject({ code: 'token_invalid' });
  });

  it('on a drain opens the new socket first, and is not stopped when the old one is superseded by it', async () => {
    const client = makeClient();
    const states: string[] = [];
    await client.connect();
    client.on('state', (state) => states.push(state));
    const [old] = gateway.sockets;
    let openAtHello: boolean | undefined;
    gateway.script.hello = () => {
      openAtHello = old?.socket.readyState === WebSocket.OPEN;
      old?.socket.close(4509);
      return false;
    };
    old?.send({ type: 'drain', deadlineMs: 1_000, reconnectAfterMs: 10 });
    await gateway.until(() => gateway.sockets.length === 2);
    const room = await client.join('room', { media: false });
    expect(openAtHello).toBe(true);
    expect(room.self).toBe('me');
    expect(states).not.toContain('closed');
  });

  it('on a drain keeps the old socket until its rooms are joined on the new one, and not for ever', async () => {
    const { room } = await clients.joined();
    const [old] = gateway.sockets;
    let openAtJoin: boolean | undefined;
    gateway.script.frame = ({ type }) => {
      if (type === 'join') openAtJoin = old?.socket.readyState === WebSocket.OPEN;
      return false;
    };
    old?.send({ type: 'drain', deadlineMs: 60_000, reconnectAfterMs: 10 });
    await gateway.until(() => openAtJoin !== undefined);
    expect(openAtJoin).toBe(true);
    await gateway.until(() => old?.socket.readyState === WebSocket.CLOSED);
    expect(room.self).toBe('me');
    expect(gateway.current.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('reports an exception of a listener as an error, also one of the error listener itself', async () => {
    const client = makeClient();
    const errors: ParleyError[] = [];
    const consoled = jest.spyOn(console, 'error').mockImplementation(() => {});
    client.on('error', (error) => {
      errors.push(error);
      throw new Error('of the error listener');
    });
    client.once('state', () => {
      throw new Error('mine');
    });
    await client.connect();
    expect(errors[0]).toMatchObject({ code: 'internal', message: 'mine' });
    expect(consoled).toHaveBeenCalledWith(expect.objectContaining({ message: 'of the error listener' }));
    consoled.mockRestore();
  });
});
