import { ID_PATTERN } from '@parley/protocol';
import { Type } from '@sinclair/typebox';

// Schemas of fields that frames, messages between nodes and cluster events have in common.

/** Sequence numbers, bases and attempts: 1 … 2^48. */
export const Count = Type.Integer({ minimum: 1, maximum: 2 ** 48 });
/** A room, peer, session, node or connection id. */
export const Id = Type.String({ pattern: ID_PATTERN.source });
/** A user id: 1 to 128 characters. */
export const User = Type.String({ minLength: 1, maxLength: 128 });
