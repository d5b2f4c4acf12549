import { type Ack, ID_PATTERN, type PeerId, SIGNAL_KINDS, type Signal } from '@parley/protocol';
import type { SplitMessage } from '../../bus/bus.js';

/** A frame whose header was parsed. */
export interface FastHeader<Message> {
  readonly message: Message;
  /** Undefined when no line feed followed the header. A view on the frame's own bytes. */
  readonly body: Buffer | undefined;
  /** The bytes behind `to`, header and body, that can be relayed unchanged; undefined when there is no fast path. */
  readonly tail?: Buffer;
}

const ID = ID_PATTERN.source.slice(1, -1);
/**
 * At most 14 digits: every such number is below 2^48, the protocol's maximum. Longer ones are left to the full parser.
 */
const COUNT = '[1-9]\\d{0,13}';
const KIND = SIGNAL_KINDS.join('|');
const SIGNAL = new RegExp(
  `^{"type":"signal","to":"(${ID})"(?:,"seq":(${COUNT}),"base":(${COUNT}))?,"kind":"(${KIND})"}\n`,
);
const ACK = new RegExp(`^{"type":"ack","to":"(${ID})","upto":(0|${COUNT})}$`);

/** Longer than any header that the two expressions match, shorter than any configured limit on headers. */
const LONGEST = 192;
/** The offset of the type's first letter. */
const TYPE_AT = '{"type":"'.length;
const [LETTER_S, LETTER_A] = [0x73, 0x61];
const TO_AT = { signal: '{"type":"signal","to":"'.length, ack: '{"type":"ack","to":"'.length };

/**
 * Parses the header of a `signal` or `ack` that is written as `JSON.stringify` writes it, without JSON.parse and
 * without a schema; the body is never read. It accepts nothing that `parseClientMessage` would not return as the same
 * message (fast-header.spec.ts compares them). For its gain see docs/performance.md, "Experiments".
 * @returns undefined for any other header, which the full parser must decide on
 */
export const readFastHeader = (frame: Buffer): FastHeader<Signal | Ack> | undefined => {
  const type = frame[TYPE_AT];
  if (type === LETTER_S) return readSignal(frame);
  return type === LETTER_A && frame.length < LONGEST ? readAck(frame) : undefined;
};

const readSignal = (frame: Buffer): FastHeader<Signal> | undefined => {
  const match = SIGNAL.exec(frame.toString('latin1', 0, LONGEST));
  if (match === null) return undefined;
  const [header, to, seq, base, kind] = match as unknown as [string, PeerId, string?, string?, Signal['kind']?];
  return {
    message:
      seq === undefined
        ? { type: 'signal', to, kind: kind as Signal['kind'] }
        : { type: 'signal', to, seq: Number(seq), base: Number(base), kind: kind as Signal['kind'] },
    body: frame.subarray(header.length),
    tail: frame.subarray(TO_AT.signal + to.length),
  };
};

const readAck = (frame: Buffer): FastHeader<Ack> | undefined => {
  const match = ACK.exec(frame.toString('latin1'));
  if (match === null) return undefined;
  const [, to, upto] = match as unknown as [string, PeerId, string];
  return {
    message: { type: 'ack', to, upto: Number(upto) },
    body: undefined,
    tail: frame.subarray(TO_AT.ack + to.length),
  };
};

const HEAD = { signal: '{"type":"signal","from":"', ack: '{"type":"ack","from":"' };

/** Builds the frame for the receiver: `to` is replaced by `from`, and the rest is relayed unchanged, copied once. */
export const relayedFrame = (type: 'signal' | 'ack', from: PeerId, tail: Buffer): SplitMessage => ({
  head: HEAD[type] + from,
  rest: tail,
});
