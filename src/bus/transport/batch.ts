import { PADDING_AFTER, PADDING_BEFORE } from '../../redis/zero-copy-publish.js';
import { type Message, sizeOf } from '../bus.js';

/**
 * The payload of a PUBLISH to a node's channel: a magic byte, which tells it from publications of other software, a
 * byte for the kind, and entries, each a length (4 bytes, big-endian) and as many bytes.
 */
export type Payload =
  | { readonly kind: 'messages'; readonly messages: readonly Buffer[] }
  /** A cluster event as JSON, see {@link file://../events/parse-cluster-event.ts}. */
  | { readonly kind: 'event'; readonly event: Buffer }
  /** Sent by a node to itself, to check its subscription: see {@link file://./probed-subscription.ts}. */
  | { readonly kind: 'probe'; readonly probe: Buffer };

const MAGIC = 0xb7;
const KINDS = { messages: 1, event: 2, probe: 3 } as const;
const HEADER_BYTES = 2;
const LENGTH_BYTES = 4;

export const encodeClusterEvent = (json: string): Buffer => encode(KINDS.event, Buffer.from(json));
export const encodeProbe = (probe: string): Buffer => encode(KINDS.probe, Buffer.from(probe));

/** Decodes a payload. @returns undefined if it is malformed: another magic byte or kind, no entries, a wrong length */
export const decodePayload = (bytes: Buffer): Payload | undefined => {
  if (bytes[0] !== MAGIC) return undefined;
  const entries = readEntries(bytes);
  const [first] = entries;
  if (first === undefined) return undefined;
  if (bytes[1] === KINDS.messages) return { kind: 'messages', messages: entries };
  if (entries.length !== 1) return undefined;
  if (bytes[1] === KINDS.event) return { kind: 'event', event: first };
  return bytes[1] === KINDS.probe ? { kind: 'probe', probe: first } : undefined;
};

const encode = (kind: number, entry: Buffer): Buffer => {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + LENGTH_BYTES + entry.length);
  bytes[0] = MAGIC;
  bytes[1] = kind;
  entry.copy(bytes, bytes.writeUInt32BE(entry.length, HEADER_BYTES));
  return bytes;
};

/** Returns the entries as views into the payload; none if a length is wrong. */
const readEntries = (bytes: Buffer): Buffer[] => {
  const entries: Buffer[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    if (at + LENGTH_BYTES > bytes.length) return [];
    const start = at + LENGTH_BYTES;
    at = start + bytes.readUInt32BE(at);
    if (at > bytes.length) return [];
    entries.push(bytes.subarray(start, at));
  }
  return entries;
};

/** The initial size of a batch, which doubles as needed. */
const FIRST_BYTES = 16 * 1024;
const FIRST_SMALL_BYTES = 1024;

/** Makes a batch of 1 KiB, for senders that have very many small batches at the same time. */
export const newSmallBatch = (): Batch => new Batch(Buffer.allocUnsafeSlow(FIRST_SMALL_BYTES));

/**
 * Builds one payload from messages. Each message is copied once, into the memory that Redis's socket sends from: more
 * copies cost a large part of the CPU in garbage collection (docs/adr/0013-batches-in-wire-format.md).
 */
export class Batch {
  /** Bytes of the messages, without framing. */
  bytes = 0;
  count = 0;
  readonly start = PADDING_BEFORE;
  end = PADDING_BEFORE + HEADER_BYTES;

  /** @param memory at least {@link FIRST_SMALL_BYTES} long */
  constructor(public memory: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)) {
    memory[PADDING_BEFORE] = MAGIC;
    memory[PADDING_BEFORE + 1] = KINDS.messages;
  }

  put(message: Message): void {
    const size = sizeOf(message);
    this.makeRoom(LENGTH_BYTES + size);
    const { memory } = this;
    const at = memory.writeUInt32BE(size, this.end);
    if (Buffer.isBuffer(message)) memory.set(message, at);
    else {
      memory.write(message.head, at, 'latin1');
      memory.set(message.rest, at + message.head.length);
    }
    this.end = at + size;
    this.bytes += size;
    this.count += 1;
  }

  /** A view of the payload so far. */
  get payload(): Buffer {
    return this.memory.subarray(this.start, this.end);
  }

  /** Views of the messages so far, as the receiver decodes them. */
  get messages(): Buffer[] {
    return readEntries(this.payload);
  }

  private makeRoom(more: number): void {
    const needed = this.end + more + PADDING_AFTER;
    if (needed <= this.memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.memory.length));
    this.memory.copy(larger, 0, 0, this.end);
    this.memory = larger;
  }
}
