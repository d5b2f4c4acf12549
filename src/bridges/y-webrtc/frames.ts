/**
 * What a y-webrtc client says (y-webrtc 10.3.0, bin/server.js is its reference). `topic` is the room, and what `data`
 * holds is the clients' own affair.
 */
export type ClientFrame =
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly topics: readonly string[] }
  | { readonly type: 'publish'; readonly topic: string }
  | { readonly type: 'ping' };

export const PONG = '{"type":"pong"}';

/** Undefined for what no client says: no JSON, no object, a type or a topic that is none. */
export const readFrame = (text: string): ClientFrame | undefined => {
  const frame = parse(text);
  if (typeof frame !== 'object' || frame === null) return undefined;
  const { type, topics, topic } = frame as Record<string, unknown>;
  if (type === 'publish') return typeof topic === 'string' && topic !== '' ? { type, topic } : undefined;
  if (type === 'ping') return { type };
  if (type !== 'subscribe' && type !== 'unsubscribe') return undefined;
  return Array.isArray(topics) ? { type, topics: topics.filter(isTopic) } : undefined;
};

/**
 * The payload of a publication: the client's frame without its last brace, so that {@link echoOf} can add to it
 * and nobody has to write the whole anew. A key that stands twice counts as its last one for every reader of JSON.
 */
export const payloadOf = (text: string): Buffer => Buffer.from(text.trimEnd().slice(0, -1));

/**
 * What each subscriber of the topic gets: bytes of their own, which all of them can share.
 * @param clients how many there are on this node
 */
export const echoOf = (payload: Buffer, clients: number): Buffer => {
  const end = `,"clients":${clients}}`;
  const frame = Buffer.allocUnsafeSlow(payload.length + end.length);
  frame.set(payload);
  frame.write(end, payload.length, 'latin1');
  return frame;
};

const isTopic = (topic: unknown): topic is string => typeof topic === 'string' && topic !== '';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
