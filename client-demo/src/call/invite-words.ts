import type { Invite } from '../api/moderation.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** How long an invite can be good for: words, and seconds or null for no end. */
export const LIVES: readonly (readonly [words: string, seconds: number | null])[] = [
  ['an hour', HOUR],
  ['a day', DAY],
  ['a week', 7 * DAY],
  ['a month', 30 * DAY],
  ['until it is taken back', null],
];

/** How many people an invite can let in; null for any number. */
export const USES: readonly (readonly [words: string, uses: number | null])[] = [
  ['one person', 1],
  ['5 people', 5],
  ['25 people', 25],
  ['anyone who has it', null],
];

const leftOf = (ms: number): string => {
  const units = [
    ['day', DAY],
    ['hour', HOUR],
    ['minute', 60],
  ] as const;
  const seconds = Math.max(60, ms / 1000);
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? units[2];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** An invite in words: how many it still lets in, and for how long. */
export const inviteWords = ({ usesLeft, expiresAt, role }: Invite, now: number): string => {
  const who =
    usesLeft === null ? 'Any number of people' : usesLeft === 1 ? 'One more person' : `${usesLeft} more people`;
  const until = expiresAt === null ? 'until it is taken back' : `for another ${leftOf(Date.parse(expiresAt) - now)}`;
  return `${who}, ${until}${role === 'moderator' ? ', as moderators' : ''}`;
};
