import { isUtf8 } from 'node:buffer';
import { copyBuffer } from './copy-buffer.js';
import {
  CLOSE,
  CONTINUATION,
  CONTROL,
  type FrameSink,
  hasValidCloseCode,
  headerFault,
  MASK_BYTES,
  PING,
  type ReaderLimits,
  readWholeFrames,
  TEXT,
  unmask,
} from './frames.js';

const EMPTY = Buffer.alloc(0);
const PROTOCOL_ERROR = 1002;
const INVALID_TEXT = 1007;
const POLICY_VIOLATION = 1008;
const TOO_LARGE = 1009;
/** The maximum upper half of a 64-bit length that is still a safe integer. */
const MAX_HIGH_WORD = 0x1f_ffff;

/** Reads any stream of a client's frames (RFC 6455 §5) in chunks of any size. Exists only while a message is incomplete. */
export class FrameReader {
  /** The start of a frame whose rest has not arrived, in a buffer that grows with it. */
  private held = EMPTY;
  private heldBytes = 0;
  /** The minimum length of the frame that starts at `held`. */
  private needed = 0;
  private fragments: Buffer[] | undefined = undefined;
  private fragmentCount = 0;
  private messageBytes = 0;
  private messageOpcode = 0;
  private isOver = false;

  constructor(
    private readonly limits: ReaderLimits,
    private readonly sink: FrameSink,
  ) {}

  /** True between two messages. */
  get isIdle(): boolean {
    return this.heldBytes === 0 && this.fragments === undefined && !this.isOver;
  }

  read(chunk: Buffer): void {
    if (this.isOver) return;
    if (this.heldBytes === 0) return this.readFrom(chunk);
    this.hold(chunk);
    if (this.heldBytes < this.needed) return;
    const bytes = this.held.subarray(0, this.heldBytes);
    this.held = EMPTY;
    this.heldBytes = 0;
    this.readFrom(bytes);
  }

  private readFrom(bytes: Buffer): void {
    let start = 0;
    for (;;) {
      if (this.fragments === undefined) start = readWholeFrames(bytes, start, this.limits.maxPayload, this.sink);
      const end = start === bytes.length ? start : this.readFrame(bytes, start);
      if (this.isOver) return;
      if (end === start) break;
      start = end;
    }
    if (start < bytes.length) this.hold(bytes.subarray(start));
  }

  /** Keeps bytes. The buffer at least doubles, so that bytes that arrive one by one are copied twice on average. */
  private hold(chunk: Buffer): void {
    const total = this.heldBytes + chunk.length;
    if (total > this.held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(total, 2 * this.heldBytes));
      larger.set(this.held.subarray(0, this.heldBytes));
      this.held = larger;
    }
    this.held.set(chunk, this.heldBytes);
    this.heldBytes = total;
  }

  /** @returns where the next frame starts; `at` if this one is incomplete or invalid */
  private readFrame(bytes: Buffer, at: number): number {
    const available = bytes.length - at;
    if (available < 2) return this.wait(at, 2);
    const [first, second] = [bytes[at] as number, bytes[at + 1] as number];
    if (headerFault(first, second, this.fragments !== undefined)) return this.fail(at, PROTOCOL_ERROR);
    let length = second & 0x7f;
    let header = 2;
    if (length === 126) {
      header = 4;
      if (available < header) return this.wait(at, header);
      length = bytes.readUInt16BE(at + 2);
    } else if (length === 127) {
      header = 10;
      if (available < header) return this.wait(at, header);
      const high = bytes.readUInt32BE(at + 2);
      if (high > MAX_HIGH_WORD) return this.fail(at, TOO_LARGE);
      length = high * 2 ** 32 + bytes.readUInt32BE(at + 6);
    }
    const opcode = first & 0x0f;
    if (opcode < CONTROL && this.messageBytes + length > this.limits.maxPayload) return this.fail(at, TOO_LARGE);
    const mask = at + header;
    const from = mask + MASK_BYTES;
    const end = from + length;
    if (end > bytes.length) return this.wait(at, end - at);
    unmask(bytes, mask, from, end);
    const payload = bytes.subarray(from, end);
    if (opcode >= CONTROL) this.receiveControl(opcode, payload);
    else this.receiveData(opcode, (first & 0x80) !== 0, payload);
    return end;
  }

  private receiveControl(opcode: number, payload: Buffer): void {
    if (opcode === PING) return this.sink.receivePing(payload);
    if (opcode !== CLOSE) return this.sink.receivePong();
    if (!hasValidCloseCode(payload)) return void this.fail(0, PROTOCOL_ERROR);
    if (payload.length > 2 && !isUtf8(payload.subarray(2))) return void this.fail(0, INVALID_TEXT);
    this.isOver = true;
    this.sink.receiveClose(payload);
  }

  private receiveData(opcode: number, isFinal: boolean, payload: Buffer): void {
    if (opcode !== CONTINUATION) this.messageOpcode = opcode;
    this.fragmentCount += 1;
    if (this.fragmentCount > this.limits.maxFragments) return void this.fail(0, POLICY_VIOLATION);
    if (!isFinal) {
      this.fragments ??= [];
      this.fragments.push(copyBuffer(payload));
      this.messageBytes += payload.length;
      return;
    }
    const message = this.fragments === undefined ? payload : Buffer.concat([...this.fragments, payload]);
    this.fragments = undefined;
    this.fragmentCount = 0;
    this.messageBytes = 0;
    if (this.messageOpcode !== TEXT) return this.sink.receiveBinary();
    if (!isUtf8(message)) return void this.fail(0, INVALID_TEXT);
    this.sink.receiveText(message);
  }

  private wait(at: number, needed: number): number {
    this.needed = needed;
    return at;
  }

  private fail(at: number, code: number): number {
    this.isOver = true;
    this.sink.fail(code);
    return at;
  }
}
