import type { NewRoom } from '../api/rest.js';
import { DAY_SECONDS, HOUR_SECONDS } from '../ui/spans.js';

type Ending = { readonly emptySeconds: number } | { readonly inSeconds: number } | undefined;

/** When a new room ends. */
export const ENDINGS: readonly (readonly [words: string, ending: Ending])[] = [
  ['When I delete it', undefined],
  ['After an hour without participants', { emptySeconds: HOUR_SECONDS }],
  ['After a day without participants', { emptySeconds: DAY_SECONDS }],
  ['In two hours', { inSeconds: 2 * HOUR_SECONDS }],
  ['In a day', { inSeconds: DAY_SECONDS }],
  ['In a week', { inSeconds: 7 * DAY_SECONDS }],
];

/** The fields of the request for an index into {@link ENDINGS}. @param now milliseconds since the Unix epoch */
export const endingFields = (choice: number, now: number): Pick<NewRoom, 'endsAt' | 'endWhenEmptySeconds'> => {
  const ending = ENDINGS[choice]?.[1];
  return {
    endsAt: ending && 'inSeconds' in ending ? new Date(now + ending.inSeconds * 1000).toISOString() : null,
    endWhenEmptySeconds: ending && 'emptySeconds' in ending ? ending.emptySeconds : null,
  };
};
