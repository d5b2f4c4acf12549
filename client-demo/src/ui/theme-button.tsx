import { nextTheme, theme } from '../state/theme.js';
import { IconButton } from './button.js';
import { AutoThemeIcon, MoonIcon, SunIcon } from './icons.js';

const WORDS = { system: 'Colours: as the system', light: 'Colours: light', dark: 'Colours: dark' } as const;

/** Steps through system, light and dark. */
export const ThemeButton = () => (
  <IconButton label={`${WORDS[theme.value]}. Change`} onClick={nextTheme} testid="theme-toggle">
    {theme.value === 'system' ? <AutoThemeIcon /> : theme.value === 'light' ? <SunIcon /> : <MoonIcon />}
  </IconButton>
);
