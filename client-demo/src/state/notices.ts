import { signal } from '@preact/signals';

/** A short word that comes and goes by itself. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  /** What went wrong is `bad` and stays longer; what is to be used is `lasting`: until it is dismissed or the screen changes. */
  readonly tone: 'plain' | 'bad' | 'lasting';
  readonly next?: Next | undefined;
}

/** The next step that a notice offers. */
export interface Next {
  readonly label: string;
  readonly run: () => void;
}

const SHOWN_MS = { plain: 6_000, bad: 14_000, lasting: undefined } as const;
const MAX_NOTICES = 3;
let last = 0;

/** Notices on show, oldest first, at most three. */
export const notices = signal<readonly Notice[]>([]);
/** What a screen reader says next; not shown. */
export const announcement = signal('');

/** Says something to screen readers alone. */
export const announce = (text: string): void => {
  // The same words again are a new announcement only when the text differs.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
};

export const dismiss = (id: number): void => {
  notices.value = notices.value.filter((notice) => notice.id !== id);
};

/** Takes all of them away: what was said belongs to the screen that it was said on. */
export const clearNotices = (): void => {
  notices.value = [];
};

/** Shows a short word for as long as its tone asks, and says it to screen readers. */
export const notify = (text: string, tone: Notice['tone'] = 'plain', next?: Next): void => {
  const id = ++last;
  notices.value = [...notices.value.slice(1 - MAX_NOTICES), { id, text, tone, next }];
  announce(text);
  const shownMs = SHOWN_MS[tone];
  if (shownMs) setTimeout(() => dismiss(id), shownMs);
};
