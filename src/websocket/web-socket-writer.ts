import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ClientSocket } from './client-socket.js';
import { copyBuffer } from './copy-buffer.js';
import { ServerWebSocket } from './server-web-socket.js';

/** FIN and the opcode of text; a server's frames are not masked (RFC 6455 §5.2). */
const FINAL_TEXT = 0x81;
const MAX_HEADER_BYTES = 10;
/** Frames of one iteration of the event loop are gathered up to this size; beyond it each is written uncopied. */
const GATHER_BYTES = 64 * 1024;

/**
 * Writes to a `ws` socket so that the frames of one iteration of the event loop are sent in one write: framed here,
 * gathered in one buffer that all sockets share, and written to the TCP socket directly. ws's sender would write a
 * header and a payload for each (docs/performance.md, "Experiments"). Control frames and closing are left to ws, after
 * the frames that wait.
 */
export class WebSocketWriter implements ClientSocket {
  private waiting: (Buffer | string)[] | undefined = undefined;
  private waitingBytes = 0;

  constructor(
    private readonly ws: WebSocket,
    private readonly tcp: Socket,
  ) {
    if (ws instanceof ServerWebSocket) ws.outlet = this;
  }

  send(frame: Buffer | string): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    if (this.waiting === undefined) {
      this.waiting = [frame];
      if (unflushed.push(this) === 1) setImmediate(flushAll);
    } else this.waiting.push(frame);
    this.waitingBytes += (typeof frame === 'string' ? Buffer.byteLength(frame) : frame.length) + MAX_HEADER_BYTES;
  }

  ping(): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    this.flush();
    this.ws.ping();
  }

  get bufferedBytes(): number {
    return this.waitingBytes + this.tcp.writableLength;
  }

  close(code: number, reason: string): void {
    this.flush();
    this.ws.close(code, reason);
  }

  terminate(): void {
    this.ws.terminate();
  }

  /** Writes the frames that wait. */
  flush(): void {
    const { waiting, waitingBytes } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    this.waitingBytes = 0;
    if (this.ws.readyState !== WebSocket.OPEN) return;
    // Frames for a slow reader are kept in memory, so they must not keep the whole gather buffer alive.
    if (waitingBytes <= GATHER_BYTES && this.tcp.writableLength === 0) this.writeGathered(waiting);
    else this.writeEach(waiting);
  }

  private writeGathered(frames: readonly (Buffer | string)[]): void {
    if (!areGathered(frames)) gather(frames);
    this.tcp.write(gathered.subarray(0, gatheredEnd));
    // The kernel did not accept all of it, so the socket still refers to the buffer.
    if (this.tcp.writableLength > 0) {
      gathered = Buffer.allocUnsafeSlow(GATHER_BYTES);
      forgetGathered();
    }
  }

  private writeEach(frames: readonly (Buffer | string)[]): void {
    this.tcp.cork();
    for (const frame of frames) {
      const payload = bytesOf(frame);
      const header = Buffer.allocUnsafe(MAX_HEADER_BYTES);
      this.tcp.write(header.subarray(0, writeHeader(header, 0, payload.length)));
      this.tcp.write(keepable(payload));
    }
    this.tcp.uncork();
  }
}

/** Shared by all sockets; valid only within one iteration of the event loop. */
let gathered = Buffer.allocUnsafeSlow(GATHER_BYTES);
let gatheredEnd = 0;
/** The frames in the buffer now: the next recipient of a broadcast gets the same bytes. */
let gatheredFrames: readonly (Buffer | string)[] = [];

const areGathered = (frames: readonly (Buffer | string)[]): boolean =>
  frames.length === gatheredFrames.length && frames.every((frame, at) => frame === gatheredFrames[at]);

const gather = (frames: readonly (Buffer | string)[]): void => {
  let end = 0;
  for (const frame of frames) {
    const payload = bytesOf(frame);
    end = writeHeader(gathered, end, payload.length);
    gathered.set(payload, end);
    end += payload.length;
  }
  gatheredEnd = end;
  gatheredFrames = frames;
};

const forgetGathered = (): void => {
  gatheredFrames = [];
};

const bytesOf = (frame: Buffer | string): Buffer => (typeof frame === 'string' ? Buffer.from(frame) : frame);

/**
 * Returns bytes that may be kept for long. A view of a much larger buffer would keep all of it alive and is copied. Other
 * bytes are shared, so that a frame to a thousand slow readers is in memory once.
 */
const keepable = (bytes: Buffer): Buffer => (bytes.length * 2 >= bytes.buffer.byteLength ? bytes : copyBuffer(bytes));

/** Writes a frame header (RFC 6455 §5.2). @returns the offset of the payload */
const writeHeader = (into: Buffer, at: number, payloadBytes: number): number => {
  into[at] = FINAL_TEXT;
  if (payloadBytes < 126) {
    into[at + 1] = payloadBytes;
    return at + 2;
  }
  if (payloadBytes < 65_536) {
    into[at + 1] = 126;
    return into.writeUInt16BE(payloadBytes, at + 2);
  }
  into[at + 1] = 127;
  return into.writeBigUInt64BE(BigInt(payloadBytes), at + 2);
};

const unflushed: WebSocketWriter[] = [];

const flushAll = (): void => {
  for (const socket of unflushed.splice(0)) socket.flush();
  forgetGathered();
};
