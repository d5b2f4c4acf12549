import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** The server of a socket, and the local address to connect from. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly protocol?: string;
  /** A local address has 28,000 ports per server; more sockets need more addresses. */
  readonly localAddress?: string;
}

/** The payload of a text frame is `bytes` from `start` to `end`; `bytes` is overwritten after the call. */
export type FrameListener = (bytes: Buffer, start: number, end: number) => void;

const NOTHING = Buffer.alloc(0);
/** Shared by all sockets: each read is handled before the next one. */
const READ = Buffer.allocUnsafe(256 * 1024);
/** Not zero, so that `ws` has the same work of unmasking as with browsers. */
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const TIMEOUT_MS = 60_000;
const MAX_EARLY = 8;

/** Makes a masked text frame (RFC 6455 §5.2), which is then sent many times. */
export const textFrame = (payload: string | Buffer): Buffer => frameOf(TEXT, Buffer.from(payload));

const frameOf = (opcode: number, payload: Buffer): Buffer => {
  const size = payload.length;
  const head = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + 4 + size);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (head === 2 ? size : head === 4 ? 126 : 127);
  if (head === 4) frame.writeUInt16BE(size, 2);
  if (head === 10) frame.writeBigUInt64BE(BigInt(size), 2);
  MASK.copy(frame, head);
  for (let i = 0; i < size; i += 1) frame[head + 4 + i] = (payload[i] as number) ^ (MASK[i & 3] as number);
  return frame;
};

/**
 * A WebSocket client that costs a fraction of a library: it reads into one buffer, parses only frame headers,
 * and sends prepared frames. Otherwise the generator would be the bottleneck.
 */
export class RawSocket {
  /** Called for every text frame that no read waits for. */
  onText: FrameListener = () => {};
  onClose: () => void = () => {};
  /** Received frames, including pings. */
  frames = 0;
  private rest = NOTHING;
  private textPing: { readonly ping: string; readonly pong: Buffer } | undefined;
  private isOpen = false;
  /** Frames before the first read: a server may send some with its answer to the upgrade. */
  private early: string[] | undefined = [];
  private waiter: { take(text: string): boolean; fail(error: Error): void } | undefined;

  private constructor(
    private readonly tcp: Socket,
    private readonly opened: (error?: Error) => void,
  ) {}

  static open({ host, port, path, protocol, localAddress }: Destination): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const read = (count: number, bytes: Uint8Array): boolean => {
        socket.read(bytes as Buffer, count);
        return true;
      };
      const tcp = connect({
        host,
        port,
        ...(localAddress && { localAddress }),
        onread: { buffer: READ, callback: read },
      });
      const socket = new RawSocket(tcp, (error) => (error === undefined ? resolve(socket) : reject(error)));
      tcp.setNoDelay(true);
      tcp.once('connect', () => tcp.write(request(host, port, path, protocol)));
      tcp.on('error', (error) => socket.end(error));
      tcp.once('close', () => socket.end(new Error('the server closed the socket')));
    });
  }

  /** @param frame of {@link textFrame} */
  send(frame: Buffer): void {
    this.tcp.write(frame);
  }

  sendText(text: string): void {
    this.tcp.write(textFrame(text));
  }

  /** For protocols whose heartbeat is a text frame: answers it here, without passing it on. */
  onPingText(ping: string, pong: string): void {
    this.textPing = { ping, pong: textFrame(pong) };
  }

  /** Waits for the first text for which `read` returns a value; earlier ones are skipped. */
  expect<T>(read: (text: string) => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      let last = 'nothing';
      const timer = setTimeout(() => fail(new Error('no frame arrived in time')), TIMEOUT_MS);
      const stop = () => {
        clearTimeout(timer);
        this.waiter = undefined;
      };
      const fail = (error: Error) => {
        stop();
        reject(new Error(`waited for ${what}: ${error.message}; the last frame was ${last}`));
      };
      const take = (text: string): boolean => {
        last = text.slice(0, 200);
        try {
          const value = read(text);
          if (value === undefined) return false;
          stop();
          resolve(value);
        } catch (error) {
          // A refusal of the upgrade.
          stop();
          reject(error as Error);
        }
        return true;
      };
      this.waiter = { take, fail };
      const early = this.early ?? [];
      this.early = undefined;
      early.some(take);
    });
  }

  close(): void {
    this.tcp.destroy();
  }

  private end(error: Error): void {
    this.opened(error);
    this.waiter?.fail(error);
    this.tcp.destroy();
    this.onClose();
    this.onClose = () => {};
  }

  private read(bytes: Buffer, count: number): void {
    const isWhole = this.rest.length === 0;
    const all = isWhole ? bytes : Buffer.concat([this.rest, bytes.subarray(0, count)]);
    const end = isWhole ? count : all.length;
    let at = this.isOpen ? 0 : this.readAnswer(all, end);
    if (this.isOpen) at = this.readFrames(all, at, end);
    this.rest = at === end ? NOTHING : Buffer.from(all.subarray(at, end));
  }

  private readAnswer(bytes: Buffer, end: number): number {
    const stop = bytes.subarray(0, end).indexOf('\r\n\r\n');
    if (stop < 0) return 0;
    const status = bytes.toString('latin1', 9, 12);
    if (status !== '101') this.end(new Error(`the upgrade was answered ${status}`));
    else {
      this.isOpen = true;
      this.opened();
    }
    return stop + 4;
  }

  /** @returns the start of the first incomplete frame */
  private readFrames(bytes: Buffer, from: number, end: number): number {
    let at = from;
    while (end - at >= 2) {
      const short = (bytes[at + 1] as number) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (end - at < head) break;
      const size =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      const start = at + head;
      if (end - start < size) break;
      this.frames += 1;
      this.take((bytes[at] as number) & 0x0f, bytes, start, start + size);
      at = start + size;
    }
    return at;
  }

  private takeText(bytes: Buffer, start: number, end: number): void {
    const { textPing, early } = this;
    if (textPing?.ping.length === end - start && bytes.toString('latin1', start, end) === textPing.ping) {
      this.tcp.write(textPing.pong);
      return;
    }
    if (this.waiter?.take(bytes.toString('utf8', start, end)) === true) return;
    if (early !== undefined && early.length < MAX_EARLY) early.push(bytes.toString('utf8', start, end));
    this.onText(bytes, start, end);
  }

  private take(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === TEXT) {
      this.takeText(bytes, start, end);
    } else if (opcode === PING) {
      this.tcp.write(frameOf(PONG, Buffer.from(bytes.subarray(start, end))));
    } else if (opcode === CLOSE) {
      const code = end - start >= 2 ? bytes.readUInt16BE(start) : 1005;
      this.end(new Error(`closed with ${code} ${bytes.toString('utf8', start + 2, end)}`));
    }
  }
}

const request = (host: string, port: number, path: string, protocol?: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    '\r\n',
  ].join('\r\n');
