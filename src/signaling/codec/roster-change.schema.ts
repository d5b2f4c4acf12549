import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { Change } from '../../presence/presence.js';
import { Id, LeftReason, Meta, Role, State } from './wire.schema.js';

const Member = Type.Object({
  peer: Id,
  user: Type.String(),
  name: Type.String(),
  role: Role,
  meta: Meta,
  state: State,
  order: Type.Integer(),
  node: Id,
  connection: Id,
  publish: Type.Optional(Type.Boolean()),
  chat: Type.Optional(Type.Boolean()),
});
const MemberEvent = Type.Union([
  Type.Object({ event: Type.Literal('joined'), participant: Member }),
  Type.Object({ event: Type.Literal('away'), peer: Id }),
  Type.Object({ event: Type.Literal('back'), peer: Id, node: Id, connection: Id }),
  Type.Object({ event: Type.Literal('updated'), peer: Id, meta: Meta, name: Type.Optional(Type.String()) }),
  Type.Object({
    event: Type.Literal('permitted'),
    peer: Id,
    role: Role,
    publish: Type.Boolean(),
    chat: Type.Boolean(),
  }),
  Type.Object({
    event: Type.Literal('left'),
    peer: Id,
    reason: LeftReason,
  }),
]);

const check = TypeCompiler.Compile(
  Type.Object({
    room: Id,
    epoch: Type.String(),
    version: Type.Integer(),
    events: Type.Array(MemberEvent),
    nodes: Type.Array(Id),
  }),
);

/** Whether a value from another node is a change of a roster. */
export const isChange = (value: unknown): value is Change => check.Check(value);
