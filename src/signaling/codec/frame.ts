import { ProtocolError } from '@parley/protocol';

const LINE_FEED = 0x0a;

/** A received frame, split into header and body but not parsed. */
export interface RawFrame {
  readonly header: string;
  /** Undefined when no line feed followed the header. A view on the frame's own bytes. */
  readonly body: Buffer | undefined;
}

/** Thrown when the header line is longer than the limit. */
export class HeaderTooLarge extends ProtocolError {
  constructor(maxHeaderBytes: number) {
    super('payload_too_large', `The header line is longer than ${maxHeaderBytes} bytes.`);
  }
}

/**
 * Splits a frame at its first line feed.
 * @throws HeaderTooLarge (`payload_too_large`)
 */
export const splitFrame = (frame: Buffer, maxHeaderBytes: number): RawFrame => {
  const end = frame.indexOf(LINE_FEED);
  const headerBytes = end < 0 ? frame.length : end;
  if (headerBytes > maxHeaderBytes) {
    throw new HeaderTooLarge(maxHeaderBytes);
  }
  return {
    header: frame.toString('utf8', 0, headerBytes),
    body: end < 0 ? undefined : frame.subarray(end + 1),
  };
};

/** Encodes a frame: the header as a line of JSON and, when there is a body, a line feed and the body. */
export const joinFrame = (header: object, body?: Buffer): Buffer => {
  const json = JSON.stringify(header);
  if (body === undefined) return Buffer.from(json);
  const frame = Buffer.allocUnsafe(Buffer.byteLength(json) + 1 + body.length);
  const end = frame.write(json);
  frame[end] = LINE_FEED;
  body.copy(frame, end + 1);
  return frame;
};
