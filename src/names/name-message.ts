import type { NodeId } from '@parley/protocol';
import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { PORT_TAGS } from '../bus/bus.js';
import type { Every, Same, Unbranded } from '../schema/static-type.js';
import type { NameKey } from './names.js';

/** What the switchboards of two nodes tell each other. */
export type NameMessage =
  /** For the socket that had the name when it was asked for; `hops` re-routings before. */
  | ({
      readonly kind: 'deliver';
      readonly connection: string;
      readonly from: string;
      readonly origin: NodeId;
      readonly hops: number;
      readonly body: string;
    } & NameKey)
  /** The name went to another socket of the same owner. */
  | { readonly kind: 'lost'; readonly connection: string }
  /** What a sender sent waits now after all: its node has to tell it if nobody comes. */
  | ({ readonly kind: 'waits'; readonly from: string } & NameKey)
  /** What a sender sent did not reach the name and does not wait: its node has to tell it. */
  | ({ readonly kind: 'refused'; readonly from: string } & NameKey)
  /** Which names of a tenant a node has, and the answer. */
  | { readonly kind: 'ask'; readonly tenant: string; readonly question: string; readonly origin: NodeId }
  | { readonly kind: 'answer'; readonly question: string; readonly names: readonly string[] };

type Kind = NameMessage['kind'];
type MessageOf<K extends Kind> = Omit<Extract<NameMessage, { kind: K }>, 'body'>;

const message = <K extends Kind, P extends TProperties>(kind: K, properties: P) =>
  Type.Object({ kind: Type.Literal(kind), ...properties });

/** Clients choose names, tenants and connections: any text. */
const Text = Type.String();

/** What the header of each message must look like; the body of `deliver` follows it. A newer node's may have more fields. */
export const NAME_MESSAGE_SCHEMAS = {
  deliver: message('deliver', {
    connection: Text,
    from: Text,
    origin: Text,
    hops: Type.Integer({ minimum: 0 }),
    tenant: Text,
    name: Text,
  }),
  lost: message('lost', { connection: Text }),
  waits: message('waits', { from: Text, tenant: Text, name: Text }),
  refused: message('refused', { from: Text, tenant: Text, name: Text }),
  ask: message('ask', { tenant: Text, question: Text, origin: Text }),
  answer: message('answer', { question: Text, names: Type.Array(Text) }),
} satisfies Record<Kind, TObject>;

/** The schemas and the type must not drift apart: this does not compile when they do. */
export type NameMessageSchemasAreTheType = Every<{
  [K in Kind]: Same<Static<(typeof NAME_MESSAGE_SCHEMAS)[K]>, Unbranded<MessageOf<K>>>;
}>;

const CHECKS = new Map<unknown, { Check(value: unknown): boolean }>(
  Object.entries(NAME_MESSAGE_SCHEMAS).map(([kind, schema]) => [kind, TypeCompiler.Compile(schema as TObject)]),
);

/** `[lead][header as JSON][line feed][body]`: JSON has no line feed of its own, so that a body may be any text. */
export const encodeNameMessage = (message: NameMessage): Buffer => {
  const { body, ...header } = { body: '', ...message };
  return Buffer.concat([Buffer.from([PORT_TAGS.names]), Buffer.from(`${JSON.stringify(header)}\n${body}`)]);
};

/** Undefined: malformed. Anyone who can write to Redis can write anything. */
export const decodeNameMessage = (message: Buffer): NameMessage | undefined => {
  const text = message.toString('utf8', 1);
  const end = text.indexOf('\n');
  try {
    const header = JSON.parse(text.slice(0, end));
    if (CHECKS.get(header.kind)?.Check(header) !== true) return undefined;
    return header.kind === 'deliver' ? { ...header, body: text.slice(end + 1) } : header;
  } catch {
    return undefined;
  }
};
