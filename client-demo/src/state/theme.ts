import { effect, signal } from '@preact/signals';

/** `system` follows prefers-color-scheme. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'parley.theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

const read = (): Theme => {
  try {
    const value = localStorage.getItem(KEY) as Theme;
    return ORDER.includes(value) ? value : 'system';
  } catch {
    return 'system';
  }
};

export const theme = signal<Theme>('system');

/** Applies the theme and stores each change. */
export const startTheme = (): void => {
  theme.value = read();
  effect(() => {
    const { dataset } = document.documentElement;
    if (theme.value === 'system') delete dataset.theme;
    else dataset.theme = theme.value;
    try {
      localStorage.setItem(KEY, theme.value);
    } catch {}
  });
};

export const nextTheme = (): void => {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'system';
};
