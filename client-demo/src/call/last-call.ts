/** Which devices were on when the page was reloaded in a call. */
export interface Choices {
  readonly mic: boolean;
  readonly camera: boolean;
}

const KEY = 'parley.call';

/** Storage may be denied; then a reload starts like a first visit. */
const attempt = <Value>(work: () => Value): Value | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** Remembers for this tab that it is in a call, until {@link forgetCall} or until the tab is closed. */
export const rememberCall = (room: string, choices: Choices, storage?: Storage): void => {
  attempt(() => (storage ?? sessionStorage).setItem(KEY, JSON.stringify({ room, ...choices })));
};

/** Forgets the call after it was left. */
export const forgetCall = (storage?: Storage): void => {
  attempt(() => (storage ?? sessionStorage).removeItem(KEY));
};

/** The devices of the call in this room that a reload interrupted, or undefined. */
export const lastCall = (room: string, storage?: Storage): Choices | undefined => {
  const text = attempt(() => (storage ?? sessionStorage).getItem(KEY));
  const kept = attempt(() => JSON.parse(text ?? 'null') as (Partial<Choices> & { room?: unknown }) | null);
  return kept?.room === room ? { mic: kept.mic === true, camera: kept.camera === true } : undefined;
};
