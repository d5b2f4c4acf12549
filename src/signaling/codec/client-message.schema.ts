import {
  type ClientMessage,
  type ClientMessageType,
  ID_PATTERN,
  ProtocolError,
  REQUEST_ID_PATTERN,
} from '@parley/protocol';
import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { Every, Same, Unbranded } from '../../schema/static-type.js';
import { Count, Cursor, Id, InviteToken, Kind, Meta, RequestId, SessionKey, Word } from './wire.schema.js';

const Token = Type.String({ minLength: 1, maxLength: 4096 });

const frame = <T extends ClientMessageType, P extends TProperties>(type: T, properties: P) =>
  Type.Object({ type: Type.Literal(type), ...properties }, { additionalProperties: false });

/** The schema of each client message. */
export const SCHEMAS = {
  hello: frame('hello', {
    id: RequestId,
    token: Token,
    key: SessionKey,
    attempt: Count,
    features: Type.Optional(Type.Array(Word, { maxItems: 16 })),
  }),
  join: frame('join', {
    id: RequestId,
    room: Id,
    meta: Type.Optional(Meta),
    invite: Type.Optional(InviteToken),
  }),
  leave: frame('leave', { id: RequestId, room: Id }),
  update: frame('update', { id: RequestId, room: Id, meta: Meta }),
  signal: frame('signal', {
    to: Id,
    seq: Type.Optional(Count),
    base: Type.Optional(Count),
    kind: Kind,
  }),
  ack: frame('ack', { to: Id, upto: Cursor, missed: Type.Optional(Type.Array(Count, { maxItems: 64 })) }),
  broadcast: frame('broadcast', { room: Id, kind: Word }),
  chat: frame('chat', { id: RequestId, room: Id, text: Type.String({ minLength: 1 }) }),
  history: frame('history', {
    id: RequestId,
    room: Id,
    after: Type.Optional(Cursor),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  refresh: frame('refresh', { id: RequestId, token: Token }),
  answer_knock: frame('answer_knock', { id: RequestId, room: Id, knock: Id, admit: Type.Boolean() }),
  kick: frame('kick', {
    id: RequestId,
    room: Id,
    peer: Id,
    ban: Type.Optional(Type.Boolean()),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  }),
  mute: frame('mute', { id: RequestId, room: Id, peer: Id }),
  permit: frame('permit', {
    id: RequestId,
    room: Id,
    peer: Id,
    publish: Type.Optional(Type.Boolean()),
    chat: Type.Optional(Type.Boolean()),
  }),
  lock: frame('lock', { id: RequestId, room: Id, locked: Type.Boolean() }),
  ping: frame('ping', { id: Type.Optional(RequestId) }),
  pong: frame('pong', {}),
} satisfies Record<ClientMessageType, TObject>;

/** Does not compile when the schemas and the types of the protocol differ. */
export type ClientSchemasAreTheContract = Every<{
  [T in ClientMessageType]: Same<Static<(typeof SCHEMAS)[T]>, Unbranded<Extract<ClientMessage, { type: T }>>>;
}>;

const CHECKS = new Map(
  Object.entries(SCHEMAS).map(([type, schema]) => [type, TypeCompiler.Compile(schema as TSchema)] as const),
);

/** Keys that change an object's prototype when objects are merged or assigned. */
const POISON = /"(?:__proto__|constructor|prototype)"\s*:/;

/**
 * Parses a header line into a message.
 * @throws ProtocolError `bad_message`, which names the invalid field and never its value
 */
export const parseClientMessage = (header: string): ClientMessage => {
  const value = parseObject(header);
  const check = typeof value['type'] === 'string' ? CHECKS.get(value['type']) : undefined;
  if (check === undefined) throw new ProtocolError('bad_message', 'The header has no type, or an unknown one.');
  if (check.Check(value)) return value as unknown as ClientMessage;
  const first = check.Errors(value).First();
  throw new ProtocolError('bad_message', `${value['type']}${(first?.path ?? '').replaceAll('/', '..')} is not valid.`);
};

/** The fields by which an error refers to the frame that it answers. */
export interface ErrorContext {
  readonly re?: string | undefined;
  readonly to?: string | undefined;
  readonly seq?: number | undefined;
  readonly room?: string | undefined;
}

/**
 * Extracts the error context of a malformed frame, so that the error can name the request.
 * @returns only fields that are valid by themselves
 */
export const describeFaulty = (header: string): ErrorContext => {
  let value: unknown;
  try {
    value = JSON.parse(header);
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  // Safe for a frame that was refused for its keys too: five fields are read, and no object is copied.
  const { id, to, seq, room, type } = value as Record<string, unknown>;
  return {
    ...(typeof id === 'string' && REQUEST_ID_PATTERN.test(id) && { re: id }),
    ...(typeof to === 'string' && ID_PATTERN.test(to) && { to }),
    ...(Number.isSafeInteger(seq) && { seq: seq as number }),
    ...(type === 'broadcast' && typeof room === 'string' && ID_PATTERN.test(room) && { room }),
  };
};

const parseObject = (header: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(header);
  } catch {
    throw new ProtocolError('bad_message', 'The header line is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError('bad_message', 'The header line is not a JSON object.');
  }
  if (POISON.test(header) || (header.includes('\\u') && POISON.test(JSON.stringify(value)))) {
    throw new ProtocolError('bad_message', 'The header has a key that is not allowed.');
  }
  return value as Record<string, unknown>;
};
