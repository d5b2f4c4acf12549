import type { Socket } from 'node:net';
import { copyBuffer } from './copy-buffer.js';
import { MAX_HEADER_BYTES, writeTextHeader } from './frames.js';

/** Frames of one iteration of the event loop are gathered up to this size; beyond it each is written uncopied. */
const GATHER_BYTES = 64 * 1024;

/** A text frame's payload. */
export type Frame = Buffer | string;

/** Returns the maximum number of bytes that a frame needs on the wire. */
export const wireBytes = (frame: Frame): number =>
  (typeof frame === 'string' ? Buffer.byteLength(frame) : frame.length) + MAX_HEADER_BYTES;

/**
 * Writes text frames to a TCP socket in one write, gathered in one buffer that all sockets share (docs/performance.md,
 * "Experiments").
 * @param bytes the sum of {@link wireBytes}
 */
export const writeFrames = (tcp: Socket, frames: readonly Frame[], bytes: number): void => {
  // Frames for a slow reader are kept in memory, so they must not keep the whole gather buffer alive.
  if (bytes <= GATHER_BYTES && tcp.writableLength === 0) writeGathered(tcp, frames);
  else writeEach(tcp, frames);
};

/** Has frames to write at the end of the event loop iteration. */
export interface Flushable {
  flush(): void;
}

/** Flushes a socket at the end of this iteration of the event loop. Call it once per iteration and socket. */
export const flushLater = (socket: Flushable): void => {
  if (unflushed.push(socket) === 1) setImmediate(flushAll);
};

const writeGathered = (tcp: Socket, frames: readonly Frame[]): void => {
  if (!areGathered(frames)) gather(frames);
  tcp.write(gathered.subarray(0, gatheredEnd));
  // The kernel did not accept all of it, so the socket still refers to the buffer.
  if (tcp.writableLength > 0) {
    gathered = Buffer.allocUnsafeSlow(GATHER_BYTES);
    forgetGathered();
  }
};

const writeEach = (tcp: Socket, frames: readonly Frame[]): void => {
  tcp.cork();
  for (const frame of frames) {
    const payload = bytesOf(frame);
    const header = Buffer.allocUnsafe(MAX_HEADER_BYTES);
    tcp.write(header.subarray(0, writeTextHeader(header, 0, payload.length)));
    tcp.write(keepable(payload));
  }
  tcp.uncork();
};

/** Shared by all sockets; valid only within one iteration of the event loop. */
let gathered = Buffer.allocUnsafeSlow(GATHER_BYTES);
let gatheredEnd = 0;
/** The frames in the buffer now: the next recipient of a broadcast gets the same bytes. */
let gatheredFrames: readonly Frame[] = [];

const areGathered = (frames: readonly Frame[]): boolean =>
  frames.length === gatheredFrames.length && frames.every((frame, at) => frame === gatheredFrames[at]);

const gather = (frames: readonly Frame[]): void => {
  let end = 0;
  for (const frame of frames) {
    const payload = bytesOf(frame);
    end = writeTextHeader(gathered, end, payload.length);
    gathered.set(payload, end);
    end += payload.length;
  }
  gatheredEnd = end;
  gatheredFrames = frames;
};

const forgetGathered = (): void => {
  gatheredFrames = [];
};

const bytesOf = (frame: Frame): Buffer => (typeof frame === 'string' ? Buffer.from(frame) : frame);

/**
 * Returns bytes that may be kept for long. A view of a much larger buffer would keep all of it alive and is copied. Other
 * bytes are shared, so that a frame to a thousand slow readers is in memory once.
 */
export const keepable = (bytes: Buffer): Buffer =>
  bytes.length * 2 >= bytes.buffer.byteLength ? bytes : copyBuffer(bytes);

const unflushed: Flushable[] = [];

const flushAll = (): void => {
  for (const socket of unflushed.splice(0)) socket.flush();
  forgetGathered();
};
