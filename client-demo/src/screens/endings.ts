import type { NewRoom } from '../api/rest.js';
import { DAY_SECONDS, HOUR_SECONDS } from '../ui/spans.js';

type Ending = { readonly emptySeconds: number } | { readonly inSeconds: number } | undefined;

/** When a new room may be over, in words. */
export const ENDINGS: readonly (readonly [words: string, ending: Ending])[] = [
  ['When I delete it', undefined],
  ['When nobody was in it for an hour', { emptySeconds: HOUR_SECONDS }],
  ['When nobody was in it for a day', { emptySeconds: DAY_SECONDS }],
  ['In two hours', { inSeconds: 2 * HOUR_SECONDS }],
  ['In a day', { inSeconds: DAY_SECONDS }],
  ['In a week', { inSeconds: 7 * DAY_SECONDS }],
];

/** What the server is asked for, from the place in {@link ENDINGS}. @param now ms since 1970 */
export const endingFields = (choice: number, now: number): Pick<NewRoom, 'endsAt' | 'endWhenEmptySeconds'> => {
  const ending = ENDINGS[choice]?.[1];
  return {
    endsAt: ending && 'inSeconds' in ending ? new Date(now + ending.inSeconds * 1000).toISOString() : null,
    endWhenEmptySeconds: ending && 'emptySeconds' in ending ? ending.emptySeconds : null,
  };
};
