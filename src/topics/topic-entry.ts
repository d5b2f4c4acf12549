/** What travels in a topic: one byte for the kind, then a subscription's mark, or a payload. */
export type TopicEntry =
  | { readonly kind: 'marker'; readonly mark: string }
  | { readonly kind: 'payload'; readonly payload: Buffer };

const MARKER = 1;
const PAYLOAD = 2;

export const encodeMarker = (mark: string): Buffer => Buffer.concat([Buffer.from([MARKER]), Buffer.from(mark)]);

export const encodePayload = (payload: Buffer): Buffer => Buffer.concat([Buffer.from([PAYLOAD]), payload]);

/** Undefined for what neither of them wrote. The payload is a view, not a copy. */
export const decodeEntry = (entry: Buffer): TopicEntry | undefined => {
  if (entry[0] === PAYLOAD) return { kind: 'payload', payload: entry.subarray(1) };
  return entry[0] === MARKER ? { kind: 'marker', mark: entry.toString('latin1', 1) } : undefined;
};
