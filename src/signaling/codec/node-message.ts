import type { ConnectionId, NodeId, PeerId, RoomId } from '@parley/protocol';
import type { Message, SplitMessage } from '../../bus/bus.js';
import type { Change } from '../../presence/presence.js';
import { isChange } from './roster-change.schema.js';

/** What nodes tell each other about signaling. */
export type NodeMessage =
  /** A frame for one peer, ready to be written to its socket; `origin` hears of it when the peer is not there. */
  | { readonly kind: 'to_peer'; readonly peer: PeerId; readonly origin: NodeId; readonly frame: Buffer }
  /** A frame for every local peer of a room, but one; `broadcast` passes over those who read too slowly. */
  | {
      readonly kind: 'to_room' | 'broadcast';
      readonly room: RoomId;
      readonly except: PeerId;
      readonly frame: Buffer;
    }
  /** A room's roster changed. */
  | { readonly kind: 'change'; readonly change: Change }
  /** Another attachment of this peer took over: the socket with this connection must go. */
  | { readonly kind: 'replaced'; readonly peer: PeerId; readonly connection: ConnectionId }
  /** The peer that a signal was for is not here, or takes no more: tell its sender. */
  | {
      readonly kind: 'undeliverable';
      readonly sender: PeerId;
      readonly to: PeerId;
      readonly code: UndeliverableCode;
      readonly seq: number | undefined;
    };

/** Why a peer could not be given a frame. */
export type UndeliverableCode = 'peer_away' | 'peer_busy';

const KINDS = ['to_peer', 'to_room', 'change', 'replaced', 'undeliverable', 'broadcast'] as const;
const NONE = Buffer.alloc(0);

/** One byte. Ids are ASCII and at most 64 characters (ID_PATTERN), so it holds their length. */
const byte = String.fromCharCode;

/** `[kind u8][length u8][address][length u8][detail][rest]`: frames travel as the bytes they are. */
const pack = (kind: (typeof KINDS)[number], address: string, detail: string, rest: Message): SplitMessage => {
  const envelope = byte(KINDS.indexOf(kind), address.length) + address + byte(detail.length) + detail;
  return Buffer.isBuffer(rest) ? { head: envelope, rest } : { head: envelope + rest.head, rest: rest.rest };
};

/** {@link encodeNodeMessage} of `to_peer`, whose frame may be in two parts yet. */
export const packToPeer = (peer: PeerId, origin: NodeId, frame: Message): SplitMessage =>
  pack('to_peer', peer, origin, frame);

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

/** Undefined: not a message of ours. Whoever can write to Redis can write anything. */
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
      return { kind, room: address as RoomId, except: detail as PeerId, frame: rest };
    case 'change': {
      const change = parseJson(rest);
      return isChange(change) ? { kind, change } : undefined;
    }
    case 'replaced':
      return { kind, peer: address as PeerId, connection: detail as ConnectionId };
    case 'undeliverable': {
      const [code, seq] = rest.toString('latin1').split(' ');
      return {
        kind,
        sender: address as PeerId,
        to: detail as PeerId,
        code: code === 'peer_busy' ? code : 'peer_away',
        seq: seq ? Number(seq) : undefined,
      };
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
