import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { exchange, frameOf, RawSocket, upgradeLines } from './raw-socket.js';
import { external, hostileStage } from './stage.js';

describe.each([['on'], ['off']])('fast paths %s:', (fastPaths) => {
  const stage = hostileStage({ ALLOWED_ORIGINS: 'https://app.example.com', FAST_PATHS: fastPaths });

  const ask = (bytes: string | Buffer) => exchange(stage.node.url, bytes);
  const upgrade = (headers: Record<string, string | undefined> = {}, first?: string) =>
    ask(upgradeLines({ 'X-Forwarded-For': stage.newAddress(), ...headers }, first));
  const status = async (answer: Promise<{ status: number }>) => (await answer).status;

  /** Checks that an answer contains neither what was sent nor details of the failure. */
  const revealsNothing = ({ head, body }: { head: string; body: string }) => {
    expect(`${head}${body}`).not.toMatch(/evil|<script|Error: |node_modules|[Ff]astify|Express/);
  };

  describe('the upgrade', () => {
    it('H01 refuses a wrong key, a wrong version and another method', async () => {
      expect(await status(upgrade({ 'Sec-WebSocket-Key': 'short' }))).toBe(400);
      expect(await status(upgrade({ 'Sec-WebSocket-Key': undefined }))).toBe(400);
      expect(await status(upgrade({ 'Sec-WebSocket-Version': '12' }))).toBe(400);
      expect(await status(upgrade({}, 'POST /v1/signaling HTTP/1.1'))).toBe(405);
    });

    it('H02 refuses 3,000 headers and a header of 20 KiB with 431', async () => {
      const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`X-${n}`, '1']));
      for (const headers of [many, { 'X-Long': 'x'.repeat(20_480) }]) {
        const answer = await upgrade(headers);
        expect(answer.status).toBe(431);
        expect(JSON.parse(answer.body)).toMatchObject({ status: 431, code: 'bad_request' });
      }
    });

    it('H04 never negotiates compression', async () => {
      for (const offer of [
        'permessage-deflate',
        'permessage-deflate; client_max_window_bits=8',
        ';;;=,,"',
        'x'.repeat(4_000),
      ]) {
        const { status, head } = await upgrade({ 'Sec-WebSocket-Extensions': offer });
        expect([101, 400]).toContain(status);
        expect(head.toLowerCase()).not.toContain('sec-websocket-extensions');
      }
      expect(await status(upgrade({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }))).toBe(101);
    });

    it('H05 refuses a Content-Length with chunked encoding', async () => {
      const smuggled = { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' };
      expect(await status(upgrade(smuggled))).toBe(400);
      expect(await status(ask(upgradeLines(smuggled, 'POST /v1/auth/login HTTP/1.1')))).toBe(400);
    });

    it('H06 answers a page of another origin with 403, with or without a cookie', async () => {
      const address = stage.newAddress();
      const cookie = { Origin: 'https://evil.example', Cookie: `token=${external('mallory')}` };
      const answer = await upgrade({ ...cookie, 'X-Forwarded-For': address });
      expect(answer.status).toBe(403);
      revealsNothing(answer);
      const line = await until(() => stage.securityLines().find((each) => each.address === address));
      expect(line).toMatchObject({ reason: 'upgrade', status: 403 });
    });

    it.each([
      'null',
      'https://app.example.com.evil.com',
      'https://evilapp.example.com',
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://app.example.com/path',
      'https://app.example.com.',
      'https://user@app.example.com',
      'https://app.example.com, https://evil.example',
      'https://app.example.com\r\nOrigin: https://evil.example',
      'javascript:alert(1)',
      '',
    ])('H07 refuses the origin %j', async (origin) => {
      expect(await status(upgrade({ Origin: origin }))).toBe(403);
    });

    it.each(['https://app.example.com', 'HTTPS://APP.EXAMPLE.COM:443', 'http://127.0.0.1'])(
      'H07 accepts the origin %j',
      async (origin) => {
        expect(await status(upgrade({ Origin: origin }))).toBe(101);
      },
    );

    it('H08 accepts a client without an origin, which can do nothing without a token', async () => {
      const socket = await RawSocket.open(stage.node.url, { 'X-Forwarded-For': stage.newAddress() });
      socket.send(frameOf(1, '{"type":"join","id":"1","room":"any"}'));
      expect(await until(() => socket.closeCode)).toBe(4500);
      expect(socket.texts.map((text) => JSON.parse(text).code)).toEqual(['hello_required']);
    });

    it.each([
      '/v1/other',
      '//v1/signaling',
      '/v1/signaling/../admin',
      '/v1%2fsignaling',
      '/v1/signaling/',
      '/<script>',
      '*',
      '/%00',
    ])('H10 answers the path %j with 404 and says nothing of it', async (path) => {
      const answer = await upgrade({}, `GET ${path} HTTP/1.1`);
      expect([400, 404]).toContain(answer.status);
      revealsNothing(answer);
    });

    it('H10 refuses a query of 16 KiB with 431', async () => {
      expect(await status(upgrade({}, `GET /v1/signaling?x=${'y'.repeat(16_384)} HTTP/1.1`))).toBe(431);
    });

    it('H10 refuses a path that cannot be decoded with a problem', async () => {
      const answer = await ask('GET /%zz%<script> HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
      expect(answer.status).toBe(400);
      expect(answer.head).toContain('application/problem+json');
      revealsNothing(answer);
    });

    it.each<[string, string]>([
      ['none', ''],
      ['two', 'Host: 127.0.0.1\r\nHost: evil.example\r\n'],
      ['one with a space', 'Host: a b\r\n'],
      ['one with a path', 'Host: evil.example/x\r\n'],
      ['one with a user', 'Host: u@evil.example\r\n'],
      ['one that is not there', 'Host:\r\n'],
    ])('H11 refuses a host that is %s', async (_, line) => {
      const rest = await ask(`GET /v1/rooms HTTP/1.1\r\n${line}Connection: close\r\n\r\n`);
      const lines = upgradeLines({ Host: undefined }).replace('\r\n', `\r\n${line}`);
      const socket = await ask(lines);
      expect([rest.status, socket.status]).toEqual([400, 400]);
      revealsNothing(rest);
    });

    it.each<[string, string | Buffer, number[]]>([
      [
        'HTTP/2 by upgrade',
        'GET /v1/rooms HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
        [400],
      ],
      ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
      ['another protocol at the path', upgradeLines({ Upgrade: 'foo' }), [400]],
      ['CONNECT', 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\n\r\n', [405]],
      ['TRACE', 'TRACE /v1/rooms HTTP/1.1\r\nHost: a\r\n\r\n', [400, 404, 405]],
      ['TLS on the plain port', Buffer.from('16030100a5010000a1030300', 'hex'), [400]],
      ['rubbish', '\u0000\u0001\u0002\r\n\r\n', [400]],
    ])('H16 answers %s', async (_, bytes, statuses) => {
      const answer = await ask(bytes);
      expect(statuses).toContain(answer.status);
      revealsNothing(answer);
    });

    it('H17 survives clients that disconnect during the upgrade, after it, and within a frame', async () => {
      const { hostname, port } = new URL(stage.node.url);
      for (let n = 0; n < 50; n += 1) {
        const socket = connect(Number(port), hostname, () => {
          socket.write(upgradeLines({ 'X-Forwarded-For': stage.newAddress() }).slice(0, 40 + n * 3));
          socket.resetAndDestroy();
        });
        socket.on('error', () => {});
        await new Promise((resolve) => socket.once('close', resolve));
      }
      for (let n = 0; n < 50; n += 1) {
        const socket = await RawSocket.open(stage.node.url, { 'X-Forwarded-For': stage.newAddress() });
        if (n % 2 === 0) socket.send(frameOf(1, 'x'.repeat(60_000)).subarray(0, 30_000 + n));
        socket.cut();
      }
      await until(async () => (await stage.metric('parley_sockets_unauthenticated')) === 0);
      expect(stage.node.output()).not.toMatch(/uncaught|unhandled/i);
    });
  });

  describe('an address', () => {
    it('H12 is not taken from an untrusted peer, and is the right-most hop that a trusted proxy adds', async () => {
      const address = stage.newAddress();
      const hops = Array.from({ length: 50 }, (_, n) => `10.1.2.${n}`).join(', ');
      await stage.rest(`${hops}, ${address}`).ask('GET', '/v1/rooms');
      // The log line may follow the answer.
      const logged = (reason: string) =>
        until(() => stage.securityLines().some((line) => line.reason === reason && line.address === address));
      await logged('unauthenticated');
      await upgrade({ 'X-Forwarded-For': `${hops}, ${address}, 127.0.0.1`, Origin: 'https://evil.example' });
      await logged('upgrade');
    });

    it('H13 that sends headers byte by byte is answered 408 or closed, and does not affect others', async () => {
      const { hostname, port } = new URL(stage.node.url);
      const answers: string[] = [];
      const slow = Array.from({ length: 200 }, () => {
        const socket = connect(Number(port), hostname, () =>
          socket.write('GET /v1/rooms HTTP/1.1\r\nHost: a\r\nX-Slow: '),
        );
        const timer = setInterval(() => socket.writable && socket.write('x'), 1_000);
        socket.on('data', (data) => answers.push(data.toString().slice(0, 12)));
        socket.on('error', () => {});
        return new Promise<void>((resolve) =>
          socket.once('close', () => {
            clearInterval(timer);
            resolve();
          }),
        );
      });
      await Promise.all(slow);
      expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 408']));
    }, 60_000);

    it('H14 that opens silent sockets gets 20, which end with 4004; further ones get 429', async () => {
      const address = { 'X-Forwarded-For': stage.newAddress() };
      const opened = await Promise.allSettled(
        Array.from({ length: 300 }, () => RawSocket.open(stage.node.url, address)),
      );
      const sockets = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const refused = opened.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
      expect([sockets.length, refused.length]).toEqual([20, 280]);
      for (const text of refused) expect(text).toMatch(/HTTP\/1\.1 429[\s\S]*Retry-After: \d+/);
      expect(await status(upgrade())).toBe(101);
      await until(() => sockets.every(({ closeCode }) => closeCode !== undefined));
      expect(new Set(sockets.map(({ closeCode }) => closeCode))).toEqual(new Set([4004]));
      await until(async () => (await stage.metric('parley_sockets_unauthenticated')) === 0);
      expect(await status(upgrade(address))).toBe(101);
    });

    it('H18 that opens sockets as fast as it can gets `Retry-After`', async () => {
      const address = { 'X-Forwarded-For': stage.newAddress() };
      const seen = new Set<number>();
      for (let round = 0; round < 20; round += 1) {
        const answers = await Promise.all(Array.from({ length: 100 }, () => upgrade(address)));
        for (const { status, head } of answers) {
          seen.add(status);
          if (status !== 101) expect(head).toMatch(/Retry-After: \d+/);
        }
      }
      expect([...seen].sort().filter((one) => one !== 503)).toEqual([101, 429]);
    }, 60_000);
  });

  describe('other origins', () => {
    it('H19 get no CORS permission, and credentials are never allowed', async () => {
      const rest = stage.rest();
      for (const [method, more] of [
        ['OPTIONS', { 'access-control-request-method': 'POST' }],
        ['GET', {}],
      ] as const) {
        const evil = await rest.ask(method, '/v1/rooms', { headers: { origin: 'https://evil.example', ...more } });
        expect(evil.headers.get('access-control-allow-origin') ?? 'none').not.toMatch(/evil|\*/);
        const named = await rest.ask(method, '/v1/rooms', { headers: { origin: 'https://app.example.com', ...more } });
        expect(named.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
        expect(named.headers.get('access-control-allow-credentials')).toBeNull();
      }
    });
  });
});
