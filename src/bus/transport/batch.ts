import { PADDING_AFTER, PADDING_BEFORE } from '../../redis/zero-copy-publish.js';
import { type Message, sizeOf } from '../bus.js';

/**
 * What travels on a node's channel: one byte that tells a stranger's message from ours, one byte for the kind, and
 * entries, each a length (4 bytes, big-endian) and as many bytes.
 */
export type Payload =
  | { readonly kind: 'messages'; readonly messages: readonly Buffer[] }
  /** A fact as JSON, see {@link file://../events/parse-cluster-event.ts}. */
  | { readonly kind: 'fact'; readonly fact: Buffer }
  /** The node's own word to itself. */
  | { readonly kind: 'probe'; readonly probe: Buffer };

const MAGIC = 0xb7;
const KINDS = { messages: 1, fact: 2, probe: 3 } as const;
const HEADER_BYTES = 2;
const LENGTH_BYTES = 4;

export const encodeClusterEvent = (json: string): Buffer => encode(KINDS.fact, Buffer.from(json));
export const encodeProbe = (probe: string): Buffer => encode(KINDS.probe, Buffer.from(probe));

/** Undefined for whatever none of the encoders wrote: another magic or kind, no entries, a length that does not fit. */
export const decodePayload = (bytes: Buffer): Payload | undefined => {
  if (bytes[0] !== MAGIC) return undefined;
  const entries = readEntries(bytes);
  const [first] = entries;
  if (first === undefined) return undefined;
  if (bytes[1] === KINDS.messages) return { kind: 'messages', messages: entries };
  if (entries.length !== 1) return undefined;
  if (bytes[1] === KINDS.fact) return { kind: 'fact', fact: first };
  return bytes[1] === KINDS.probe ? { kind: 'probe', probe: first } : undefined;
};

const encode = (kind: number, entry: Buffer): Buffer => {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + LENGTH_BYTES + entry.length);
  bytes[0] = MAGIC;
  bytes[1] = kind;
  entry.copy(bytes, bytes.writeUInt32BE(entry.length, HEADER_BYTES));
  return bytes;
};

/** Views into the payload, not copies. Empty when anything does not add up. */
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

/** What a batch begins with, and grows from by doubling. */
const FIRST_BYTES = 16 * 1024;
const FIRST_SMALL_BYTES = 1024;

/** For what is sent to very many, each of them little and at the same moment. */
export const newSmallBatch = (): Batch => new Batch(Buffer.allocUnsafeSlow(FIRST_SMALL_BYTES));

/**
 * Messages on their way into one payload. Each is copied once, to where Redis's socket takes it from: with a copy for its
 * frame, its envelope, the batch and the command, what waited for the collector was most of what it had to do.
 */
export class Batch {
  /** The messages' own bytes. */
  bytes = 0;
  count = 0;
  readonly start = PADDING_BEFORE;
  end = PADDING_BEFORE + HEADER_BYTES;

  /** @param memory of at least {@link FIRST_SMALL_BYTES} */
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

  /** A view: of what was put until now. */
  get payload(): Buffer {
    return this.memory.subarray(this.start, this.end);
  }

  /** Views, as on the other side. */
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
