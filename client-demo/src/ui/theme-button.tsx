import { nextTheme, theme } from '../state/theme.js';
import { IconButton } from './button.js';
import { AutoThemeIcon, MoonIcon, SunIcon } from './icons.js';

const WORDS = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' } as const;

/** Cycles through the themes: system, light, dark. */
export const ThemeButton = () => (
  <IconButton label={`${WORDS[theme.value]}. Change`} onClick={nextTheme} testid="theme-toggle">
    {theme.value === 'system' ? <AutoThemeIcon /> : theme.value === 'light' ? <SunIcon /> : <MoonIcon />}
  </IconButton>
);
