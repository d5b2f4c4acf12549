import { signal } from '@preact/signals';

/** A short message that disappears automatically. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  /** `bad`: an error, shown longer. `lasting`: shown until it is dismissed or the screen changes. */
  readonly tone: 'plain' | 'bad' | 'lasting';
  readonly next?: Next | undefined;
}

/** The action that a notice offers. */
export interface Next {
  readonly label: string;
  readonly run: () => void;
}

const SHOWN_MS = { plain: 6_000, bad: 14_000, lasting: undefined } as const;
const MAX_NOTICES = 3;
let last = 0;

/** The visible notices, oldest first, at most three. */
export const notices = signal<readonly Notice[]>([]);
/** The text for screen readers; not visible. */
export const announcement = signal('');

/** Announces a text to screen readers only. */
export const announce = (text: string): void => {
  // A live region is read again only if its text changes.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
};

export const dismiss = (id: number): void => {
  notices.value = notices.value.filter((notice) => notice.id !== id);
};

/** Removes all notices. They belong to the screen that showed them. */
export const clearNotices = (): void => {
  notices.value = [];
};

/** Shows a notice for the time of its tone, and announces it to screen readers. */
export const notify = (text: string, tone: Notice['tone'] = 'plain', next?: Next): void => {
  const id = ++last;
  notices.value = [...notices.value.slice(1 - MAX_NOTICES), { id, text, tone, next }];
  announce(text);
  const shownMs = SHOWN_MS[tone];
  if (shownMs) setTimeout(() => dismiss(id), shownMs);
};
