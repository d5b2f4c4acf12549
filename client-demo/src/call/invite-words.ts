import type { Invite } from '../api/moderation.js';
import { DAY_SECONDS, HOUR_SECONDS, spanWords } from '../ui/spans.js';

/** Lifetimes of an invite: the text, and seconds or null for no expiry. */
export const DURATIONS: readonly (readonly [words: string, seconds: number | null])[] = [
  ['1 hour', HOUR_SECONDS],
  ['1 day', DAY_SECONDS],
  ['1 week', 7 * DAY_SECONDS],
  ['1 month', 30 * DAY_SECONDS],
  ['never expires', null],
];

/** How many people an invite can admit; null: unlimited. */
export const USES: readonly (readonly [words: string, uses: number | null])[] = [
  ['one person', 1],
  ['5 people', 5],
  ['25 people', 25],
  ['anyone with the link', null],
];

/** An invite as text: how many people it still admits, and for how long. */
export const inviteWords = ({ usesLeft, expiresAt, role }: Invite, now: number): string => {
  const who =
    usesLeft === null ? 'Any number of people' : usesLeft === 1 ? 'One more person' : `${usesLeft} more people`;
  const until = expiresAt === null ? 'until it is revoked' : `for another ${spanWords(Date.parse(expiresAt) - now)}`;
  return `${who}, ${until}${role === 'moderator' ? ', as moderators' : ''}`;
};
