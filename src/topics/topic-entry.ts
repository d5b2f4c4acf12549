/**
 * What travels in a topic: one byte for the kind, then a subscription's mark, a payload, or how long publishers must wait,
 * milliseconds in text, because a node delivers more than its rate.
 */
export type TopicEntry =
  | { readonly kind: 'marker'; readonly mark: string }
  | { readonly kind: 'payload'; readonly payload: Buffer }
  | { readonly kind: 'slow'; readonly waitMs: number };

const MARKER = 1;
const PAYLOAD = 2;
const SLOW = 3;

export const encodeMarker = (mark: string): Buffer => Buffer.concat([Buffer.from([MARKER]), Buffer.from(mark)]);

export const encodePayload = (payload: Buffer): Buffer => Buffer.concat([Buffer.from([PAYLOAD]), payload]);

export const encodeSlow = (waitMs: number): Buffer => Buffer.concat([Buffer.from([SLOW]), Buffer.from(`${waitMs}`)]);

/** Undefined for what neither of them wrote. The payload is a view, not a copy. */
export const decodeEntry = (entry: Buffer): TopicEntry | undefined => {
  if (entry[0] === PAYLOAD) return { kind: 'payload', payload: entry.subarray(1) };
  if (entry[0] === SLOW) {
    const waitMs = Number(entry.toString('latin1', 1));
    return waitMs > 0 ? { kind: 'slow', waitMs } : undefined;
  }
  return entry[0] === MARKER ? { kind: 'marker', mark: entry.toString('latin1', 1) } : undefined;
};
