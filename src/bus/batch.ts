/**
 * What travels on a node's channel: one byte that tells a stranger's message from ours, one byte for the kind, and
 * entries, each a length (4 bytes, big-endian) and as many bytes.
 */
export type Payload =
  | { readonly kind: 'messages'; readonly messages: readonly Buffer[] }
  /** A fact as JSON, see {@link file://./fact.ts}. */
  | { readonly kind: 'fact'; readonly fact: Buffer }
  /** The node's own word to itself. */
  | { readonly kind: 'probe'; readonly probe: Buffer };

const MAGIC = 0xb7;
const KINDS = { messages: 1, fact: 2, probe: 3 } as const;
const HEADER_BYTES = 2;
const LENGTH_BYTES = 4;

export const encodeMessages = (messages: readonly Buffer[]): Buffer => encode(KINDS.messages, messages);
export const encodeFact = (json: string): Buffer => encode(KINDS.fact, [Buffer.from(json)]);
export const encodeProbe = (probe: string): Buffer => encode(KINDS.probe, [Buffer.from(probe)]);

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

const encode = (kind: number, entries: readonly Buffer[]): Buffer => {
  let size = HEADER_BYTES;
  for (const entry of entries) size += LENGTH_BYTES + entry.length;
  const bytes = Buffer.allocUnsafe(size);
  bytes[0] = MAGIC;
  bytes[1] = kind;
  let at = HEADER_BYTES;
  for (const entry of entries) {
    at = bytes.writeUInt32BE(entry.length, at);
    at += entry.copy(bytes, at);
  }
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
