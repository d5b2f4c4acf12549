import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { resetSocket } from '../support/reset-socket.js';

/** A server's answer to raw bytes: the status line and headers as text, and the rest. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const connected = (origin: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once('error', reject);
  });

/** Sends raw bytes, and reads until the server closes or the answer is complete. */
export const exchange = async (origin: string, bytes: string | Buffer, timeoutMs = 20_000): Promise<RawAnswer> => {
  const socket = await connected(origin);
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    socket.setTimeout(timeoutMs, resolve);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks).toString('latin1'))) resolve();
    });
    socket.once('close', () => resolve());
    socket.on('error', () => resolve());
    socket.write(bytes);
  });
  socket.destroy();
  const [head = '', body = ''] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n', 2);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), head, body };
};

const isWhole = (text: string): boolean => {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  if (/^HTTP\/1\.1 101/.test(text)) return true;
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  return length !== undefined && text.length - end - 4 >= Number(length);
};

/** The lines of an upgrade request; `undefined` omits a header. */
export const upgradeLines = (
  headers: Readonly<Record<string, string | undefined>> = {},
  first = 'GET /v1/signaling HTTP/1.1',
) => {
  const all: Record<string, string | undefined> = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'parley.v1',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${[first, ...lines].join('\r\n')}\r\n\r\n`;
};

interface FrameOptions {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
  /** A false length for the header. */
  readonly declared?: bigint;
}

/** Encodes a WebSocket frame by RFC 6455 §5.2, or a violation of it. */
export const frameOf = (opcode: number, payload: string | Buffer = '', options: FrameOptions = {}): Buffer => {
  const { fin = true, rsv = 0, masked = true, declared } = options;
  const data = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const bit = masked ? 0x80 : 0;
  const length = declared ?? BigInt(data.length);
  let head: Buffer;
  if (length < 126n) head = Buffer.from([first, bit | Number(length)]);
  else if (length < 65_536n) {
    head = Buffer.from([first, bit | 126, 0, 0]);
    head.writeUInt16BE(Number(length), 2);
  } else {
    head = Buffer.from([first, bit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeBigUInt64BE(length, 2);
  }
  if (!masked) return Buffer.concat([head, data]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, data.map((byte, n) => byte ^ (mask[n % 4] as number))]);
};

/** A WebSocket client that can send any bytes, and reads texts, pongs and the close code. */
export class RawSocket {
  readonly texts: string[] = [];
  pongs = 0;
  closeCode: number | undefined;
  ended = false;
  private rest: Buffer = Buffer.alloc(0);

  private constructor(readonly tcp: Socket) {
    tcp.on('data', (chunk) => this.read(chunk));
    tcp.on('error', () => {});
    tcp.once('close', () => {
      this.ended = true;
    });
  }

  static async open(origin: string, headers: Record<string, string> = {}): Promise<RawSocket> {
    const tcp = await connected(origin);
    tcp.write(upgradeLines(headers));
    const answer = await new Promise<Buffer>((resolve) => tcp.once('data', resolve));
    if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(answer.toString('latin1'));
    const socket = new RawSocket(tcp);
    socket.read(answer.subarray(answer.indexOf('\r\n\r\n') + 4));
    return socket;
  }

  send(...frames: Buffer[]): this {
    this.tcp.write(Buffer.concat(frames));
    return this;
  }

  /** Stops reading from the socket. */
  stopReading(): this {
    this.tcp.pause();
    return this;
  }

  cut(): void {
    resetSocket(this.tcp);
  }

  private read(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      if (this.rest.length < 2) return;
      const opcode = (this.rest[0] as number) & 0x0f;
      let length = (this.rest[1] as number) & 0x7f;
      let at = 2;
      if (length === 126) {
        if (this.rest.length < 4) return;
        length = this.rest.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (this.rest.length < 10) return;
        length = Number(this.rest.readBigUInt64BE(2));
        at = 10;
      }
      if (this.rest.length < at + length) return;
      const payload = this.rest.subarray(at, at + length);
      if (opcode === 1) this.texts.push(payload.toString());
      if (opcode === 8) this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      if (opcode === 10) this.pongs += 1;
      this.rest = this.rest.subarray(at + length);
    }
  }
}
