import type { Invite } from '../api/moderation.js';
import { DAY_SECONDS, HOUR_SECONDS, spanWords } from '../ui/spans.js';

/** How long an invite can be good for: words, and seconds or null for no end. */
export const DURATIONS: readonly (readonly [words: string, seconds: number | null])[] = [
  ['an hour', HOUR_SECONDS],
  ['a day', DAY_SECONDS],
  ['a week', 7 * DAY_SECONDS],
  ['a month', 30 * DAY_SECONDS],
  ['until it is taken back', null],
];

/** How many people an invite can let in; null for any number. */
export const USES: readonly (readonly [words: string, uses: number | null])[] = [
  ['one person', 1],
  ['5 people', 5],
  ['25 people', 25],
  ['anyone who has it', null],
];

/** An invite in words: how many it still lets in, and for how long. */
export const inviteWords = ({ usesLeft, expiresAt, role }: Invite, now: number): string => {
  const who =
    usesLeft === null ? 'Any number of people' : usesLeft === 1 ? 'One more person' : `${usesLeft} more people`;
  const until = expiresAt === null ? 'until it is taken back' : `for another ${spanWords(Date.parse(expiresAt) - now)}`;
  return `${who}, ${until}${role === 'moderator' ? ', as moderators' : ''}`;
};
