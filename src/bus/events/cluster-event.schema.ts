import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import { Id, User } from '../../schema/field.schema.js';
import type { Every, Same, Unbranded } from '../../schema/static-type.js';
import type { ClusterEvent } from '../bus.js';

/** Maximum peers listed in one removal. A node ends all peers of the user, listed or not. */
const MAX_PEERS = 64;

const event = <F extends ClusterEvent['fact'], P extends TProperties>(fact: F, properties: P) =>
  Type.Object({ fact: Type.Literal(fact), ...properties });

/** Milliseconds since the Unix epoch. Not an integer: PostgreSQL counts microseconds. */
const Moment = Type.Number();

/** The schema of each cluster event. Events of a newer node may have more fields. */
export const CLUSTER_EVENT_SCHEMAS = {
  room_changed: event('room_changed', { room: Id }),
  room_closed: event('room_closed', { room: Id }),
  user_removed: event('user_removed', {
    room: Id,
    user: User,
    at: Moment,
    peers: Type.Array(Id, { maxItems: MAX_PEERS }),
  }),
  member_changed: event('member_changed', { room: Id, user: User }),
  lobby_changed: event('lobby_changed', { room: Id }),
  knock_answered: event('knock_answered', { room: Id, user: User, admitted: Type.Boolean() }),
  mute_requested: event('mute_requested', { room: Id, peer: Id, by: User }),
  user_revoked: event('user_revoked', { user: User, before: Moment }),
} satisfies Record<ClusterEvent['fact'], TObject>;

/** Does not compile when a schema and its type differ. */
export type ClusterEventSchemasAreTheType = Every<{
  [F in ClusterEvent['fact']]: Same<
    Static<(typeof CLUSTER_EVENT_SCHEMAS)[F]>,
    Unbranded<Extract<ClusterEvent, { fact: F }>>
  >;
}>;
