import type { ClientMessageType } from '@parley/protocol';
import type { TokenBucket } from './token-bucket.js';

/** What one message of a client causes, and what it is charged for that. */
export interface MessageCost {
  /** Tokens of the session's request rate (`REQUEST_BURST`), taken before it is handled; 0: it queries no store. */
  readonly requests: number;
  /**
   * Bytes that every peer of the room is sent because of it, charged to the room's deliveries (`ROOM_DELIVERY_BURST`) once
   * the sender is known to be in the room; `own`: the message's own. Absent: it is not passed on to a room.
   */
  readonly toRoom?: number | 'own';
  /**
   * What grows with the room and is charged to the session's request rate afterwards ({@link chargeAfter}): `reply`, the
   * bytes of the answer; `roster`, its change of the roster, which is told to every peer and never refused.
   */
  readonly after?: readonly ('reply' | 'roster')[];
}

/** The frame that a change of the roster is, about. */
const ROSTER_CHANGE = 512;
/** The state of a room, about 4 KiB, which every node also reads from the database first. */
const ROOM_STATE = 16 * 1024;

/**
 * The cost of every message. A message without an entry does not compile, and a spec runs each against its handler.
 * `signal`, `ack`, `ping` and `pong` have the rates of all frames alone; `chat` and `broadcast` also have their own.
 */
export const MESSAGE_COSTS: Readonly<Record<ClientMessageType, MessageCost>> = {
  hello: { requests: 0 },
  join: { requests: 1, after: ['reply', 'roster'] },
  leave: { requests: 1, after: ['roster'] },
  update: { requests: 1, toRoom: 'own' },
  signal: { requests: 0 },
  ack: { requests: 0 },
  broadcast: { requests: 0, toRoom: 'own' },
  chat: { requests: 0, toRoom: 'own' },
  history: { requests: 1, after: ['reply'] },
  refresh: { requests: 1, after: ['roster'] },
  ping: { requests: 0 },
  pong: { requests: 0 },
  answer_knock: { requests: 1 },
  kick: { requests: 1, toRoom: ROSTER_CHANGE },
  mute: { requests: 1 },
  permit: { requests: 1, toRoom: ROSTER_CHANGE },
  lock: { requests: 1, toRoom: ROOM_STATE },
};

/** Bytes of an answer, and recipients of a change of the roster, that cost one more request each. */
const BYTES_PER_REQUEST = 16 * 1024;
const PEERS_PER_REQUEST = 50;

/** What a message is charged once it was handled, in requests. */
export const costAfter = (
  type: ClientMessageType,
  { bytes = 0, peers = 0 }: { readonly bytes?: number; readonly peers?: number },
): number => {
  const charged = MESSAGE_COSTS[type].after ?? [];
  const reply = charged.includes('reply') ? Math.floor(bytes / BYTES_PER_REQUEST) : 0;
  return reply + (charged.includes('roster') ? Math.floor(peers / PEERS_PER_REQUEST) : 0);
};

/** Charges a session's request rate for what its message caused: the next requests come that much later. */
export const chargeAfter = (
  requests: TokenBucket,
  now: number,
  type: ClientMessageType,
  caused: { readonly bytes?: number; readonly peers?: number },
): void => {
  const cost = costAfter(type, caused);
  if (cost > 0) requests.charge(now, cost);
};
