import { FLAGS, flagLetters, initials, ROUND } from './flags.js';

/** One signal flag. */
export const Flag = ({ letter, round }: { letter: string; round?: boolean }) => (
  <svg class="flag" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
    {((round && ROUND[letter]) || FLAGS[letter])?.map(([path, colour]) => (
      <path key={path} d={path} fill={colour} />
    ))}
  </svg>
);

/** The first letters of a name as signal flags. */
export const Hoist = ({ name, count }: { name: string; count: number }) => (
  <span class="hoist" aria-hidden="true">
    {flagLetters(name, count).map((letter, at) => (
      <Flag key={at} letter={letter} />
    ))}
  </span>
);

/** The avatar of a user: the flag of the first letter as a ring around the initials. */
export const Avatar = ({ name, size }: { name: string; size?: 'small' | 'large' }) => (
  <span class={`avatar ${size ?? ''}`} aria-hidden="true">
    <Flag letter={flagLetters(name, 1)[0] ?? 'P'} round />
    <span class="avatar-initials">{initials(name)}</span>
  </span>
);

/** The logo: two flags with space for a word between them. */
export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path fill="#f8c630" d="M3 6a3 3 0 0 1 3-3h10v17H9l-6 6z" />
    <path fill="#1f4fae" d="M16 3h10a3 3 0 0 1 3 3v20l-6-6h-7z" />
    <rect fill="#fff" x="11.5" y="7" width="9" height="9" rx="1.5" />
  </svg>
);
