import { DEFAULT_LIMITS, ERRORS, type ErrorCode, type Limits, type ServerMessage } from '@parley/protocol';
import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import type { Every, Same, Unbranded } from '../../schema/static-type.js';
import { Count, Cursor, Entry, Id, Kind, LeftReason, Meta, RequestId, Role, State, Word } from './wire.schema.js';

/** The `type` of every server message. */
export type ServerMessageType = ServerMessage['type'];

const frame = <T extends ServerMessageType, P extends TProperties>(type: T, properties: P) =>
  Type.Object({ type: Type.Literal(type), ...properties });

const Code = Type.Unsafe<ErrorCode>({ type: 'string', enum: Object.keys(ERRORS) });
const User = Type.String({ minLength: 1, maxLength: 128 });
const Moment = Type.Integer({ minimum: 0, description: 'Milliseconds since the Unix epoch.' });
const Milliseconds = Type.Integer({ minimum: 0 });
const Epoch = Type.String({ minLength: 1 });

const Participant = Type.Object({
  peer: Id,
  user: User,
  name: Type.String(),
  role: Role,
  meta: Meta,
  state: State,
  order: Type.Integer({ minimum: 1, description: 'Of a pair, the one with the greater order is the polite peer.' }),
  publish: Type.Optional(Type.Boolean()),
  chat: Type.Optional(Type.Boolean()),
});

const RosterEvent = Type.Union([
  Type.Object({ event: Type.Literal('joined'), participant: Participant }),
  Type.Object({ event: Type.Literal('away'), peer: Id }),
  Type.Object({ event: Type.Literal('back'), peer: Id }),
  Type.Object({ event: Type.Literal('updated'), peer: Id, meta: Meta, name: Type.Optional(Type.String()) }),
  Type.Object({
    event: Type.Literal('permitted'),
    peer: Id,
    role: Role,
    publish: Type.Boolean(),
    chat: Type.Boolean(),
  }),
  Type.Object({ event: Type.Literal('left'), peer: Id, reason: LeftReason }),
]);

const RosterAt = { type: Type.Literal('roster'), room: Id, epoch: Epoch, version: Count };

const IceServers = Type.Array(
  Type.Object({
    urls: Type.Union([Type.String(), Type.Array(Type.String())]),
    username: Type.Optional(Type.String()),
    credential: Type.Optional(Type.String()),
  }),
);

const LimitsObject = Type.Unsafe<Unbranded<Limits>>(
  Type.Object(Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, Type.Integer({ minimum: 0 })]))),
);

const CHAT_LINE = {
  id: RequestId,
  seq: Count,
  user: User,
  name: Type.String(),
  from: Id,
  at: Moment,
  text: Type.String(),
};

/** The schema of each server message. Additional fields are allowed, and clients must ignore unknown ones. */
export const SERVER_SCHEMAS = {
  welcome: frame('welcome', {
    re: RequestId,
    session: Id,
    user: Type.Object({ id: User, name: Type.String() }),
    node: Id,
    iceServers: IceServers,
    limits: LimitsObject,
    features: Type.Array(Word),
    expiresAt: Moment,
  }),
  joined: frame('joined', {
    re: RequestId,
    room: Id,
    peer: Id,
    resumed: Type.Boolean(),
    epoch: Epoch,
    version: Count,
    participants: Type.Array(Participant),
  }),
  left: frame('left', { re: RequestId, room: Id }),
  updated: frame('updated', { re: RequestId, room: Id }),
  signal: frame('signal', {
    from: Id,
    seq: Type.Optional(Count),
    base: Type.Optional(Count),
    kind: Kind,
    denied: Type.Optional(Code),
  }),
  ack: frame('ack', { from: Id, upto: Cursor, missed: Type.Optional(Type.Array(Count, { maxItems: 64 })) }),
  broadcast: frame('broadcast', { room: Id, from: Id, kind: Word }),
  chat: frame('chat', { re: Type.Optional(RequestId), room: Id, ...CHAT_LINE }),
  history: frame('history', {
    re: RequestId,
    room: Id,
    messages: Type.Array(Type.Object(CHAT_LINE)),
    more: Type.Boolean(),
  }),
  roster: Type.Union([
    Type.Object({ ...RosterAt, events: Type.Array(RosterEvent) }),
    Type.Object({ ...RosterAt, participants: Type.Array(Participant) }),
  ]),
  refreshed: frame('refreshed', { re: RequestId, expiresAt: Moment }),
  token_expiring: frame('token_expiring', { expiresAt: Moment }),
  warning: frame('warning', {
    code: Type.Union([Type.Literal('rate_limited'), Type.Literal('bad_message')]),
    left: Type.Integer({ minimum: 1 }),
  }),
  ice_servers: frame('ice_servers', { iceServers: IceServers }),
  drain: frame('drain', { deadlineMs: Milliseconds, reconnectAfterMs: Milliseconds }),
  removed: frame('removed', {
    room: Id,
    peer: Type.Optional(Id),
    reason: Type.Union([Type.Literal('expired'), Type.Literal('removed'), Type.Literal('room_closed')]),
  }),
  waiting: frame('waiting', { re: RequestId, room: Id }),
  admitted: frame('admitted', { room: Id, join: Type.Optional(RequestId) }),
  refused: frame('refused', {
    room: Id,
    join: Type.Optional(RequestId),
    reason: Type.Union([
      Type.Literal('denied'),
      Type.Literal('banned'),
      Type.Literal('room_closed'),
      Type.Literal('expired'),
    ]),
  }),
  knocking: frame('knocking', {
    room: Id,
    knocks: Type.Array(Type.Object({ knock: Id, user: User, name: Type.String(), since: Moment })),
  }),
  done: frame('done', { re: RequestId }),
  mute_requested: frame('mute_requested', { room: Id, by: User }),
  room: frame('room', {
    room: Id,
    name: Type.String(),
    access: Entry,
    locked: Type.Boolean(),
    capacity: Type.Integer({ minimum: 1 }),
    metadata: Meta,
  }),
  error: frame('error', {
    re: Type.Optional(RequestId),
    to: Type.Optional(Id),
    seq: Type.Optional(Type.Integer()),
    room: Type.Optional(Id),
    code: Code,
    message: Type.String(),
    retryable: Type.Boolean(),
    retryAfterMs: Type.Optional(Milliseconds),
  }),
  ping: frame('ping', {}),
  pong: frame('pong', { re: Type.Optional(RequestId) }),
} satisfies Record<ServerMessageType, TSchema>;

/** Does not compile when the schemas and the types of the protocol differ. */
export type ServerSchemasAreTheContract = Every<{
  [T in ServerMessageType]: Same<Static<(typeof SERVER_SCHEMAS)[T]>, Unbranded<Extract<ServerMessage, { type: T }>>>;
}>;
