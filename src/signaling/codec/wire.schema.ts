import {
  INVITE_TOKEN_PATTERN,
  PARTICIPANT_STATES,
  REQUEST_ID_PATTERN,
  ROLES,
  ROOM_ENTRIES,
  SESSION_KEY_PATTERN,
  SIGNAL_KINDS,
} from '@parley/protocol';
import { Type } from '@sinclair/typebox';

export { Count, Id } from '../../schema/field.schema.js';
export type { Every, Same, Unbranded } from '../../schema/static-type.js';

/** Schemas of fields that frames of both directions have in common. */

export const Cursor = Type.Integer({ minimum: 0, maximum: 2 ** 48 });
export const RequestId = Type.String({ pattern: REQUEST_ID_PATTERN.source });
export const SessionKey = Type.String({ pattern: SESSION_KEY_PATTERN.source });
export const InviteToken = Type.String({ pattern: INVITE_TOKEN_PATTERN.source });
export const Word = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,32}$' });
export const Meta = Type.Record(Type.String(), Type.Unknown());

/** Makes the schema of one of the given strings. */
const oneOf = <Word extends string>(words: readonly Word[]) =>
  Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))));

export const Kind = oneOf(SIGNAL_KINDS);
export const Role = oneOf(ROLES);
export const State = oneOf(PARTICIPANT_STATES);
export const Entry = oneOf(ROOM_ENTRIES);
export const LeftReason = Type.Union([
  Type.Literal('left'),
  Type.Literal('expired'),
  Type.Literal('removed'),
  Type.Literal('room_closed'),
]);
