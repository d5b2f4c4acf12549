import { Type } from '@sinclair/typebox';

/** What the fields of frames look like, for the schemas of both directions. */

/** Sequence numbers, bases and attempts: 1 … 2^48. */
export const Count = Type.Integer({ minimum: 1, maximum: 2 ** 48 });
export const Cursor = Type.Integer({ minimum: 0, maximum: 2 ** 48 });
export const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
export const RequestId = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,64}$' });
export const Word = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,32}$' });
export const Meta = Type.Record(Type.String(), Type.Unknown());
export const Kind = Type.Union([
  Type.Literal('offer'),
  Type.Literal('answer'),
  Type.Literal('candidate'),
  Type.Literal('end_of_candidates'),
  Type.Literal('data'),
]);
export const Role = Type.Union([
  Type.Literal('owner'),
  Type.Literal('moderator'),
  Type.Literal('member'),
  Type.Literal('guest'),
]);
export const State = Type.Union([Type.Literal('on'), Type.Literal('away')]);
export const LeftReason = Type.Union([
  Type.Literal('left'),
  Type.Literal('expired'),
  Type.Literal('removed'),
  Type.Literal('room_closed'),
]);

/** A type of the contract as a schema can say it: ids are plain strings there, nothing is read-only, and what never is there is not named. */
export type Unbranded<T> = T extends string & { readonly __id: string }
  ? string
  : T extends readonly (infer Item)[]
    ? Unbranded<Item>[]
    : T extends object
      ? { -readonly [K in keyof T as [Exclude<T[K], undefined>] extends [never] ? never : K]: Unbranded<T[K]> }
      : T;

/** Whether either type can stand for the other, and no field is missing on one side. */
export type Same<One, Other> = [One, Other, keyof One, keyof Other] extends [Other, One, keyof Other, keyof One]
  ? true
  : false;

/** Compiles only when all are true. */
export type Every<All extends Readonly<Record<string, true>>> = All;
