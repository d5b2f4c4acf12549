import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { frameOf, RawSocket } from './raw-socket.js';
import { external, hostileStage } from './stage.js';

describe.each([['on'], ['off']])('fast paths %s:', (fastPaths) => {
  const stage = hostileStage({ FAST_PATHS: fastPaths });
  const open = () => RawSocket.open(stage.node.url, { 'X-Forwarded-For': stage.newAddress() });

  /** Opens a socket that has received `welcome`. */
  const enter = async (): Promise<RawSocket> => {
    const socket = await open();
    const hello = {
      type: 'hello',
      id: '1',
      token: external('w'),
      key: 'k'.repeat(43),
      attempt: Math.floor(performance.now()),
    };
    socket.send(frameOf(1, JSON.stringify(hello)));
    await until(() => socket.texts.some((text) => text.includes('"welcome"')));
    return socket;
  };

  const closedWith = async (...frames: Buffer[]): Promise<number> => {
    const socket = await open();
    socket.send(...frames);
    const code = await until(() => socket.closeCode);
    socket.cut();
    return code;
  };

  const ping = frameOf(9);
  const bad = (code: number) => {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    return payload;
  };

  describe('frames that RFC 6455 forbids', () => {
    it.each<[string, number, Buffer[]]>([
      ['W01 unmasked', 1002, [frameOf(1, 'x', { masked: false })]],
      ['W02 a reserved bit', 1002, [frameOf(1, 'x', { rsv: 2 })]],
      ['W03 a reserved opcode', 1002, [frameOf(3, 'x')]],
      ['W03 a reserved control opcode', 1002, [frameOf(11, 'x')]],
      ['W04 a ping in pieces', 1002, [frameOf(9, 'x', { fin: false })]],
      ['W05 a ping of 126 bytes', 1002, [frameOf(9, 'x'.repeat(126))]],
      ['W06 a continuation of nothing', 1002, [frameOf(0, 'x')]],
      ['W07 a text inside a text in pieces', 1002, [frameOf(1, 'x', { fin: false }), frameOf(1, 'y')]],
      ['W08 a text that is not UTF-8', 1007, [frameOf(1, Buffer.from([0xc3, 0x28]))]],
      ['W08 a reason that is not UTF-8', 1007, [frameOf(8, Buffer.concat([bad(1000), Buffer.from([0xff])]))]],
      ['W09 65,537 bytes', 1009, [frameOf(1, 'x'.repeat(65_537))]],
      [
        'W09 two pieces of 40 kB',
        1009,
        [frameOf(1, 'x'.repeat(40_000), { fin: false }), frameOf(0, 'x'.repeat(40_000))],
      ],
      ['W09 a length of 2^53 that is only said', 1009, [frameOf(1, '', { declared: 2n ** 53n })]],
      ['W09 a length of 2^63 that is only said', 1009, [frameOf(1, '', { declared: 2n ** 63n })]],
      ['W10 65 pieces', 1008, Array.from({ length: 65 }, (_, n) => frameOf(n === 0 ? 1 : 0, 'x', { fin: false }))],
      ['W11 a close of one byte', 1002, [frameOf(8, 'x')]],
      ['W11 the close code 1005', 1002, [frameOf(8, bad(1005))]],
      ['W11 the close code 999', 1002, [frameOf(8, bad(999))]],
      ['W11 the close code 5000', 1002, [frameOf(8, bad(5000))]],
      ['W12 binary', 4515, [frameOf(2, '{"type":"ping"}')]],
      [
        'W13 a compressed bomb',
        1002,
        [frameOf(1, deflateRawSync(Buffer.alloc(10_000_000)).subarray(0, 60_000), { rsv: 4 })],
      ],
    ])('%s end the socket with %i', async (_, code, frames) => {
      expect(await closedWith(...frames)).toBe(code);
    });

    it('W09 an announced length allocates no memory', async () => {
      const before = await stage.metric('process_resident_memory_bytes');
      for (let n = 0; n < 50; n += 1) await closedWith(frameOf(1, '', { declared: 2n ** 31n }));
      expect(await stage.metric('process_resident_memory_bytes')).toBeLessThan(before + 100 * 1024 * 1024);
    });
  });

  describe('control frames', () => {
    it('W14 10,000 pings are answered within the rate, then get a warning, then 4029', async () => {
      const socket = await enter();
      for (let n = 0; n < 10; n += 1) socket.send(...Array<Buffer>(1_000).fill(ping));
      expect(await until(() => socket.closeCode)).toBe(4029);
      expect(socket.pongs).toBeGreaterThan(0);
      expect(socket.pongs).toBeLessThan(5_000);
      expect(socket.texts.some((text) => text.includes('"rate_limited"') && text.includes('"retryAfterMs"'))).toBe(
        true,
      );
    });

    it('W14 10,000 unsolicited pongs end the socket with 4029', async () => {
      const socket = await enter();
      for (let n = 0; n < 10; n += 1) socket.send(...Array<Buffer>(1_000).fill(frameOf(10)));
      expect(await until(() => socket.closeCode)).toBe(4029);
    });

    it('W14 pings do not keep a socket open that never sends `hello`', async () => {
      const socket = await open();
      const timer = setInterval(() => socket.send(ping), 100);
      expect(await until(() => socket.closeCode)).toBe(4004);
      clearInterval(timer);
    });

    it('W15 a client that never answers a close is disconnected', async () => {
      const socket = await open();
      socket.send(frameOf(2, 'x'));
      await until(() => socket.ended);
      expect(socket.closeCode).toBe(4515);
    });

    it('W16 a client that never answers a heartbeat is ended with 4002', async () => {
      const socket = await enter();
      expect(await until(() => socket.closeCode)).toBe(4002);
    });
  });
});
