import { type Static, Type } from '@sinclair/typebox';
import type { Change } from '../../presence/presence.js';
import { type Every, Id, LeftReason, Meta, Role, type Same, State, type Unbranded } from './wire.schema.js';

const Member = Type.Object({
  peer: Id,
  user: Type.String(),
  name: Type.String(),
  role: Role,
  meta: Meta,
  state: State,
  order: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
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

/** A change of a room's roster, as one node sends it to another. */
export const RosterChange = Type.Object({
  room: Id,
  epoch: Type.String(),
  version: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  events: Type.Array(MemberEvent),
  nodes: Type.Array(Id),
});

/** Does not compile when the schema and the type differ. */
export type RosterChangeSchemaIsTheType = Every<{ change: Same<Static<typeof RosterChange>, Unbranded<Change>> }>;
