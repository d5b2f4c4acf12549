/** What a person had on when a page with a call was reloaded. */
export interface Choices {
  readonly mic: boolean;
  readonly camera: boolean;
}

const KEY = 'parley.call';

/** Storage may be refused; then a reload begins as a first visit does. */
const attempt = <Value>(work: () => Value): Value | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** Keeps for this tab that it is in a call; until {@link forgetCall}, or until the tab is closed. */
export const rememberCall = (room: string, choices: Choices, storage?: Storage): void => {
  attempt(() => (storage ?? sessionStorage).setItem(KEY, JSON.stringify({ room, ...choices })));
};

/** The call was left: the next visit is a new one. */
export const forgetCall = (storage?: Storage): void => {
  attempt(() => (storage ?? sessionStorage).removeItem(KEY));
};

/** The choices of the call in this room that a reload has cut off, or undefined. */
export const lastCall = (room: string, storage?: Storage): Choices | undefined => {
  const text = attempt(() => (storage ?? sessionStorage).getItem(KEY));
  const kept = attempt(() => JSON.parse(text ?? 'null') as (Partial<Choices> & { room?: unknown }) | null);
  return kept?.room === room ? { mic: kept.mic === true, camera: kept.camera === true } : undefined;
};
