import type { NodeId, PeerId } from '@parley/protocol';
import type { Message, SplitMessage } from '../../bus/bus.js';
import { checkNodeMessage, type NodeMessage } from './node-message.schema.js';

export type { NodeMessage, UndeliverableCode } from './node-message.schema.js';

const KINDS = ['to_peer', 'to_room', 'change', 'replaced', 'undeliverable', 'broadcast'] as const;
const NONE = Buffer.alloc(0);

/** One byte. Ids are ASCII and at most 64 characters (ID_PATTERN), so it holds their length. */
const byte = String.fromCharCode;

/** Encodes `[kind u8][length u8][address][length u8][detail][rest]`; frames are sent as raw bytes. */
const pack = (kind: (typeof KINDS)[number], address: string, detail: string, rest: Message): SplitMessage => {
  const envelope = byte(KINDS.indexOf(kind), address.length) + address + byte(detail.length) + detail;
  return Buffer.isBuffer(rest) ? { head: envelope, rest } : { head: envelope + rest.head, rest: rest.rest };
};

/** Encodes a `to_peer` message like {@link encodeNodeMessage}, also from a frame that is still split. */
export const packToPeer = (peer: PeerId, origin: NodeId, frame: Message): SplitMessage =>
  pack('to_peer', peer, origin, frame);

/** Encodes a message for the bus; {@link decodeNodeMessage} reverses it. */
export const encodeNodeMessage = (message: NodeMessage): SplitMessage => {
  switch (message.kind) {
    case 'to_peer':
      return packToPeer(message.peer, message.origin, message.frame);
    case 'to_room':
    case 'broadcast':
      return pack(message.kind, message.room, message.except, message.frame);
    case 'change':
      return pack('change', message.change.room, '', Buffer.from(JSON.stringify(message.change)));
    case 'replaced':
      return pack('replaced', message.peer, message.connection, NONE);
    case 'undeliverable':
      return pack('undeliverable', message.sender, message.to, Buffer.from(`${message.code} ${message.seq ?? ''}`));
  }
};

/** Decodes a message from the bus. @returns undefined when it is malformed: any client of Redis can publish */
export const decodeNodeMessage = (message: Buffer): NodeMessage | undefined => {
  const kind = KINDS[message[0] ?? 255];
  const addressEnd = 2 + (message[1] ?? 0);
  const detailEnd = addressEnd + 1 + (message[addressEnd] ?? 0);
  if (kind === undefined || detailEnd > message.length) return undefined;
  const address = message.toString('latin1', 2, addressEnd);
  const detail = message.toString('latin1', addressEnd + 1, detailEnd);
  const rest = message.subarray(detailEnd);
  switch (kind) {
    case 'to_peer':
      return { kind, peer: address as PeerId, origin: detail as NodeId, frame: rest };
    case 'to_room':
    case 'broadcast':
      return checkNodeMessage({ kind, room: address, except: detail, frame: rest });
    case 'change':
      return checkNodeMessage({ kind, change: parseJson(rest) });
    case 'replaced':
      return checkNodeMessage({ kind, peer: address, connection: detail });
    case 'undeliverable': {
      const [code, seq] = rest.toString('latin1').split(' ');
      return checkNodeMessage({
        kind,
        sender: address,
        to: detail,
        // A newer node may have more reasons; the sender is told that the peer is away.
        code: code === 'peer_busy' ? code : 'peer_away',
        seq: seq ? Number(seq) : undefined,
      });
    }
  }
};

const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
};
