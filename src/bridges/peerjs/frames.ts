/** Types that go from client to client. Any other of a client's is dropped: relayed, `ERROR` would end the other side. */
const RELAYED = ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE'] as const;
/** Longest id, in UTF-16 units; PeerJS's own are 36. */
const MAX_ID_LENGTH = 128;

export type RelayedType = (typeof RELAYED)[number];

/** What a client wants passed on. */
export interface Relay {
  readonly type: RelayedType;
  /** Undefined: none was given. */
  readonly dst: string | undefined;
  readonly payload: unknown;
}

export const isPeerId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_LENGTH && !/\p{Cc}/u.test(value);

/** `heartbeat`, something to pass on, or undefined: nothing that a server has to understand. */
export const readFrame = (text: string): Relay | 'heartbeat' | undefined => {
  let frame: { type?: unknown; dst?: unknown; payload?: unknown } | null;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof frame !== 'object' || frame === null) return undefined;
  if (frame.type === 'HEARTBEAT') return 'heartbeat';
  const type = RELAYED.find((name) => name === frame.type);
  if (type === undefined || (frame.dst !== undefined && typeof frame.dst !== 'string')) return undefined;
  return { type, dst: frame.dst, payload: frame.payload };
};

/** @param src the server's word, never the client's. @returns undefined when it is nested too deeply to be written */
export const relayFrame = ({ type, dst, payload }: Relay, src: string): string | undefined => {
  try {
    return JSON.stringify({ type, src, dst, payload });
  } catch {
    return undefined;
  }
};

export const OPEN = '{"type":"OPEN"}';
export const INVALID_KEY = '{"type":"INVALID-KEY"}';
export const ID_TAKEN = '{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}';
/** The client reads `payload.msg` without looking. */
export const errorFrame = (msg: string): string => JSON.stringify({ type: 'ERROR', payload: { msg } });
export const expireFrame = (src: string, dst: string): string => JSON.stringify({ type: 'EXPIRE', src, dst });
