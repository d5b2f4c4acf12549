import { isUtf8 } from 'node:buffer';

/** Opcodes (RFC 6455 §5.2). */
export const CONTINUATION = 0;
export const TEXT = 1;
const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
/** Opcodes from here on are those of control frames. */
export const CONTROL = 8;

const FINAL = 0x80;
const RESERVED_BITS = 0x70;
const MASKED = 0x80;
const FINAL_TEXT = FINAL | TEXT;
const FINAL_PONG = FINAL | PONG;
export const MASK_BYTES = 4;
/** Maximum payload of a control frame (RFC 6455 §5.5). */
const MAX_CONTROL_BYTES = 125;

/** Limits on what a client can make its node keep in memory. */
export interface ReaderLimits {
  /** Maximum size of a message in bytes, all fragments together. Exceeding it closes with 1009. */
  readonly maxPayload: number;
  /** Maximum number of fragments per message. Exceeding it closes with 1008. */
  readonly maxFragments: number;
}

/** Receives a client's frames in order. */
export interface FrameSink {
  /** Receives a whole message of valid UTF-8, as a view of the bytes that were read. */
  receiveText(text: Buffer): void;
  receiveBinary(): void;
  receivePing(payload: Buffer): void;
  receivePong(): void;
  /** Receives a close frame with a valid payload. Nothing follows. */
  receiveClose(payload: Buffer): void;
  /** The stream violates RFC 6455 or a limit and must be closed with this code. Nothing follows. */
  fail(code: number): void;
}

/**
 * Reads whole, final, masked text frames of valid UTF-8 and whole pongs, which is nearly everything that clients send,
 * from `start`, of a client that is between two messages. It keeps nothing between calls.
 * @returns where the first byte is that was not read; anything may be there
 */
export const readWholeFrames = (chunk: Buffer, start: number, maxPayload: number, sink: FrameSink): number => {
  let at = start;
  for (;;) {
    const first = chunk[at];
    if (first !== FINAL_TEXT && first !== FINAL_PONG) break;
    const second = chunk[at + 1] ?? 0;
    if (first === FINAL_PONG && second > MASKED + MAX_CONTROL_BYTES) break;
    let length = second ^ MASKED;
    let mask = at + 2;
    if (length === 126) {
      length = ((chunk[at + 2] ?? 0) << 8) | (chunk[at + 3] ?? 0);
      mask = at + 4;
    }
    // Without the mask bit the length is above 127; so is it for the longest form.
    const from = mask + MASK_BYTES;
    const end = from + length;
    if (second < MASKED || second === 255 || length > maxPayload || end > chunk.length) break;
    if (first === FINAL_PONG) {
      at = end;
      sink.receivePong();
      continue;
    }
    const text = chunk.subarray(from, end);
    unmask(chunk, mask, from, end);
    if (!isUtf8(text)) {
      unmask(chunk, mask, from, end);
      break;
    }
    at = end;
    sink.receiveText(text);
  }
  return at;
};

/** Returns whether no valid frame of a client begins so. `isFragmented`: a message has begun and not ended. */
export const headerFault = (first: number, second: number, isFragmented: boolean): boolean => {
  if ((first & RESERVED_BITS) !== 0 || (second & MASKED) === 0) return true;
  const opcode = first & 0x0f;
  const length = second & 0x7f;
  if (opcode === CONTINUATION) return !isFragmented;
  if (opcode === TEXT || opcode === BINARY) return isFragmented;
  if (opcode < CLOSE || opcode > PONG) return true;
  return (first & FINAL) === 0 || length > MAX_CONTROL_BYTES || (opcode === CLOSE && length === 1);
};

/** Returns whether a close frame has no code, or one that may be sent (RFC 6455 §7.4). */
export const hasValidCloseCode = (payload: Buffer): boolean => {
  if (payload.length === 0) return true;
  const code = payload.readUInt16BE(0);
  const isOfProtocol = code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
  return isOfProtocol || (code >= 3000 && code <= 4999);
};

/** Unmasks bytes in place; applied twice, it restores them (RFC 6455 §5.3). */
export const unmask = (bytes: Buffer, mask: number, from: number, end: number): void => {
  const [a, b, c, d] = [
    bytes[mask] as number,
    bytes[mask + 1] as number,
    bytes[mask + 2] as number,
    bytes[mask + 3] as number,
  ];
  let at = from;
  for (; at + 3 < end; at += 4) {
    bytes[at] = (bytes[at] as number) ^ a;
    bytes[at + 1] = (bytes[at + 1] as number) ^ b;
    bytes[at + 2] = (bytes[at + 2] as number) ^ c;
    bytes[at + 3] = (bytes[at + 3] as number) ^ d;
  }
  for (let i = mask; at < end; at += 1, i += 1) bytes[at] = (bytes[at] as number) ^ (bytes[i] as number);
};

/** Maximum size of the header of a server's text frame. */
export const MAX_HEADER_BYTES = 10;

/**
 * Writes the header of a server's text frame, which is not masked (RFC 6455 §5.1).
 * @returns where the payload begins
 */
export const writeTextHeader = (into: Buffer, at: number, payloadBytes: number): number => {
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

/** Builds a server's control frame; the payload has at most 125 bytes. */
export const controlFrame = (opcode: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from([FINAL | opcode, payload.length]), payload]);

/** Builds the payload of a close frame (RFC 6455 §5.5.1). */
export const closePayload = (code: number, reason: string): Buffer => {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return payload;
};
