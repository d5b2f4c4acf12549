import type { ConnectionId, NodeId, PeerId, RoomId } from '@parley/protocol';
import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { Change } from '../../presence/presence.js';
import { RosterChange } from './roster-change.schema.js';
import { Count, type Every, Id, type Same, type Unbranded } from './wire.schema.js';

/** A message between nodes. */
export type NodeMessage =
  /** A frame to write to one peer's socket. If the peer is not there, `origin`, the sender's node, is told. */
  | { readonly kind: 'to_peer'; readonly peer: PeerId; readonly origin: NodeId; readonly frame: Buffer }
  /** A frame for every local peer of a room except one; `broadcast` skips peers that read too slowly. */
  | {
      readonly kind: 'to_room' | 'broadcast';
      readonly room: RoomId;
      readonly except: PeerId;
      readonly frame: Buffer;
    }
  /** A room's roster changed. */
  | { readonly kind: 'change'; readonly change: Change }
  /** A newer attachment replaced this one of the peer: close the socket with this connection. */
  | { readonly kind: 'replaced'; readonly peer: PeerId; readonly connection: ConnectionId }
  /** A signal could not be delivered to its receiver `to`: report it to its sender. */
  | {
      readonly kind: 'undeliverable';
      readonly sender: PeerId;
      readonly to: PeerId;
      readonly code: UndeliverableCode;
      readonly seq: number | undefined;
    };

/** Why a frame could not be delivered to a peer. */
export type UndeliverableCode = 'peer_away' | 'peer_busy';

type Kind = NodeMessage['kind'];

const message = <K extends Kind, P extends TProperties>(kind: K, properties: P) =>
  Type.Object({ kind: Type.Literal(kind), ...properties });

/** The schema of each message between nodes, without the frame that it carries. */
export const NODE_MESSAGE_SCHEMAS = {
  to_peer: message('to_peer', { peer: Id, origin: Id }),
  to_room: message('to_room', { room: Id, except: Id }),
  broadcast: message('broadcast', { room: Id, except: Id }),
  change: message('change', { change: RosterChange }),
  replaced: message('replaced', { peer: Id, connection: Id }),
  undeliverable: message('undeliverable', {
    sender: Id,
    to: Id,
    code: Type.Union([Type.Literal('peer_away'), Type.Literal('peer_busy')]),
    seq: Type.Union([Count, Type.Undefined()]),
  }),
} satisfies Record<Kind, TObject>;

type MessageOf<K extends Kind, Message = NodeMessage> = Message extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? Omit<Message, 'kind' | 'frame'> & { readonly kind: K }
    : never
  : never;

/** Does not compile when a schema and its type differ. */
export type NodeMessageSchemasAreTheType = Every<{
  [K in Kind]: Same<Static<(typeof NODE_MESSAGE_SCHEMAS)[K]>, Unbranded<MessageOf<K>>>;
}>;

/** The header of a relayed signal, as far as a report to its sender needs it. */
const SignalHeader = Type.Object({ type: Type.Literal('signal'), from: Id, seq: Type.Optional(Count) });

const CHECKS = {
  to_room: TypeCompiler.Compile(NODE_MESSAGE_SCHEMAS.to_room),
  broadcast: TypeCompiler.Compile(NODE_MESSAGE_SCHEMAS.broadcast),
  change: TypeCompiler.Compile(NODE_MESSAGE_SCHEMAS.change),
  replaced: TypeCompiler.Compile(NODE_MESSAGE_SCHEMAS.replaced),
  undeliverable: TypeCompiler.Compile(NODE_MESSAGE_SCHEMAS.undeliverable),
};
const SIGNAL_HEADER = TypeCompiler.Compile(SignalHeader);

/** A message that may be malformed; its kind is known. */
export type UncheckedNodeMessage<K extends Kind> = { readonly kind: K } & Readonly<Record<string, unknown>>;

/**
 * Validates a decoded message. `to_peer` is not validated, because every signal of the cluster is one; its two ids are
 * only looked up, and an invalid one is not found.
 * @returns undefined if it is malformed
 */
export const checkNodeMessage = (unchecked: UncheckedNodeMessage<Exclude<Kind, 'to_peer'>>): NodeMessage | undefined =>
  CHECKS[unchecked.kind].Check(unchecked) ? (unchecked as unknown as NodeMessage) : undefined;

/**
 * Reads the sender and the sequence number of a relayed signal. @returns undefined for any other or a malformed header
 */
export const readSignalHeader = (header: string): { readonly from: PeerId; readonly seq?: number } | undefined => {
  try {
    const value: unknown = JSON.parse(header);
    return SIGNAL_HEADER.Check(value) ? (value as unknown as { from: PeerId; seq?: number }) : undefined;
  } catch {
    return undefined;
  }
};
