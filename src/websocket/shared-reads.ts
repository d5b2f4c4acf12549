import { Socket } from 'node:net';
import { copyBuffer } from './copy-buffer.js';

/** The majors of Node that this was tried with (20, 22, 24, 26); with a later one nothing is changed. */
const LAST_KNOWN_MAJOR = 26;

/** As much as Node allocates for each read. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** Who is handed what a socket received. */
export interface ChunkSink {
  /** Takes what it can from the chunk's start, and says how many bytes. They are its own until it returns. */
  receiveChunk(chunk: Buffer): number;
}

/** What is used of a `net.Socket` beyond what is documented: the fields behind the option `onread` of clients. */
interface Fields {
  [BUFFER]: Buffer | null;
  [ON_READ]: ((this: Socket, size: number, bytes: Buffer) => boolean) | null;
  readonly [NEXT_BUFFER]: unknown;
  readonly _handle?: { useUserBuffer?(buffer: Buffer): void } | null;
  [SINK]?: ChunkSink;
}

const symbols = new Map(Object.getOwnPropertySymbols(new Socket()).map((symbol) => [symbol.description, symbol]));
const fieldOf = (name: string): symbol => symbols.get(name) ?? Symbol(name);
const BUFFER: unique symbol = fieldOf('kBuffer') as never;
const ON_READ: unique symbol = fieldOf('kBufferCb') as never;
const NEXT_BUFFER: unique symbol = fieldOf('kBufferGen') as never;
const SINK: unique symbol = Symbol('taker');

/**
 * Lets a socket read into one buffer that all share, and hands what came to `taker` before the socket's stream sees
 * it; what is not taken goes on through the stream as a copy, as all does while the stream is paused or holds
 * something back. Node does this for clients (`onread`), and for accepted sockets allocates 64 KiB a read and cuts it
 * down: a relay with one signal in flight cost 6 % more on one node and 11 % more on two.
 * @returns whether it does; if not, the socket is as it was
 */
export const readIntoShared = (tcp: Socket, sink: ChunkSink): boolean => {
  const fields = tcp as unknown as Fields;
  const isKnown = isKnownNode && fields[BUFFER] === null && fields[ON_READ] === null && fields[NEXT_BUFFER] === null;
  const handle = fields._handle;
  if (!isKnown || typeof handle?.useUserBuffer !== 'function') return false;
  fields[SINK] = sink;
  fields[BUFFER] = shared;
  fields[ON_READ] = onRead;
  handle.useUserBuffer(shared);
  return true;
};

const isKnownNode = Number.parseInt(process.versions.node, 10) <= LAST_KNOWN_MAJOR;

/** @returns false: read no more until the stream asks for it */
function onRead(this: Socket, size: number, bytes: Buffer): boolean {
  const sink = (this as unknown as Fields)[SINK] as ChunkSink;
  const chunk = bytes.subarray(0, size);
  const taken = this.readableFlowing === true && this.readableLength === 0 ? sink.receiveChunk(chunk) : 0;
  if (taken === size || this.destroyed) return true;
  // Of its own: ws may keep it for long, and a byte in Node's pool would keep 8 KiB.
  return this.push(copyBuffer(chunk.subarray(taken)));
}
