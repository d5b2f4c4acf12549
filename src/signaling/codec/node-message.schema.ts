import type { ConnectionId, NodeId, PeerId, RoomId } from '@parley/protocol';
import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { Change } from '../../presence/presence.js';
import { RosterChange } from './roster-change.schema.js';
import { Count, type Every, Id, type Same, type Unbranded } from './wire.schema.js';

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

type Kind = NodeMessage['kind'];

const message = <K extends Kind, P extends TProperties>(kind: K, properties: P) =>
  Type.Object({ kind: Type.Literal(kind), ...properties });

/** What each message between nodes must look like, beside the frame that it carries: those are bytes. */
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

/** The schemas and the type must not drift apart: this does not compile when they do. */
export type NodeMessageSchemasAreTheType = Every<{
  [K in Kind]: Same<Static<(typeof NODE_MESSAGE_SCHEMAS)[K]>, Unbranded<MessageOf<K>>>;
}>;

/** The header of a signal as its receiver gets it: what tells its sender that it was not delivered. */
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
 * The message, or undefined when it is malformed. `to_peer` is not asked about: it is every signal of the cluster, and its
 * two ids are only looked up, where an invalid one finds nothing.
 */
export const checkNodeMessage = (unchecked: UncheckedNodeMessage<Exclude<Kind, 'to_peer'>>): NodeMessage | undefined =>
  CHECKS[unchecked.kind].Check(unchecked) ? (unchecked as unknown as NodeMessage) : undefined;

/** Who sent a relayed signal, and with which number; undefined when the header is not a signal's, or is malformed. */
export const readSignalHeader = (header: string): { readonly from: PeerId; readonly seq?: number } | undefined => {
  try {
    const value: unknown = JSON.parse(header);
    return SIGNAL_HEADER.Check(value) ? (value as unknown as { from: PeerId; seq?: number }) : undefined;
  } catch {
    return undefined;
  }
};
