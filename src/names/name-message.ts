import type { NodeId } from '@parley/protocol';
import { PORT_TAGS } from '../bus/bus.js';
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
  /** Which names of a tenant a node has, and the answer. */
  | { readonly kind: 'ask'; readonly tenant: string; readonly question: string; readonly origin: NodeId }
  | { readonly kind: 'answer'; readonly question: string; readonly names: readonly string[] };

const FIELDS: Readonly<Record<NameMessage['kind'], Readonly<Record<string, (value: unknown) => boolean>>>> = (() => {
  const text = (value: unknown) => typeof value === 'string';
  const count = (value: unknown) => Number.isInteger(value);
  const texts = (value: unknown) => Array.isArray(value) && value.every(text);
  return {
    deliver: { connection: text, from: text, origin: text, hops: count, tenant: text, name: text },
    lost: { connection: text },
    waits: { from: text, tenant: text, name: text },
    ask: { tenant: text, question: text, origin: text },
    answer: { question: text, names: texts },
  };
})();

/** `[lead][header as JSON][line feed][body]`: JSON has no line feed of its own, so that a body may be any text. */
export const encodeNameMessage = (message: NameMessage): Buffer => {
  const { body, ...header } = { body: '', ...message };
  return Buffer.concat([Buffer.from([PORT_TAGS.names]), Buffer.from(`${JSON.stringify(header)}\n${body}`)]);
};

/** Undefined: not one of ours. Whoever can write to Redis can write anything. */
export const decodeNameMessage = (message: Buffer): NameMessage | undefined => {
  const text = message.toString('utf8', 1);
  const end = text.indexOf('\n');
  try {
    const header = JSON.parse(text.slice(0, end)) as { kind: NameMessage['kind'] } & Record<string, unknown>;
    const fields = Object.hasOwn(FIELDS, header.kind) ? FIELDS[header.kind] : undefined;
    if (fields === undefined || !Object.entries(fields).every(([name, isValid]) => isValid(header[name])))
      return undefined;
    return (header.kind === 'deliver' ? { ...header, body: text.slice(end + 1) } : header) as unknown as NameMessage;
  } catch {
    return undefined;
  }
};
