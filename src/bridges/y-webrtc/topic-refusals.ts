import { CLOSE_CODES, type CloseCode } from '@parley/protocol';
import type { TopicRefusal } from '../../topics/topics.js';

/** How long a client goes on with the topics that it has before it is closed: closed at once it would be back at once. */
export const REFUSAL_IDLE_MS = 10_000;

/** The close frame for each refusal. A browser shows code and reason in its developer tools. */
export const REFUSALS: Readonly<Record<TopicRefusal, { readonly code: CloseCode; readonly reason: string }>> = {
  topic_too_long: { code: CLOSE_CODES.forbidden, reason: 'the name of a room is too long' },
  too_many_topics: { code: CLOSE_CODES.rateLimited, reason: 'too many rooms on this socket' },
  share_used_up: { code: CLOSE_CODES.rateLimited, reason: 'too many rooms of this address or user' },
  node_full: { code: CLOSE_CODES.rateLimited, reason: 'too many rooms on this node' },
  too_much_waits: { code: CLOSE_CODES.rateLimited, reason: 'too much was published before the subscription' },
  unavailable: { code: CLOSE_CODES.unavailable, reason: 'the service is unavailable' },
};
