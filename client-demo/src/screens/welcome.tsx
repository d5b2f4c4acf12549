import type { ComponentChildren } from 'preact';
import { Flag, Logo } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { Problem } from '../ui/problem.js';
import { Sea } from '../ui/sea.js';
import { ThemeButton } from '../ui/theme-button.js';
import { EntryForms } from './entry-forms.js';

/** The top bar of every screen except the call. */
export const TopBar = ({ children }: { children?: ComponentChildren }) => (
  <header class="topbar">
    <a class="brand" href="#/">
      <Logo />
      Parley
    </a>
    <span class="grow" />
    {children}
    <ThemeButton />
  </header>
);

const SIGNAL = ['P', 'A', 'R', 'L', 'E', 'Y'];

/** The start page without a sign-in. `why`: the code of what ended the last sign-in. */
export const Welcome = ({ why }: { why?: string | undefined }) => (
  <>
    <TopBar />
    <main class="welcome" id="main">
      <div class="pitch">
        <div class="signal" role="img" aria-label="The word Parley in signal flags">
          {SIGNAL.map((letter) => (
            <Flag key={letter} letter={letter} />
          ))}
        </div>
        <ScreenTitle page="Parley">Talk face to face, from browser to browser.</ScreenTitle>
        <p>
          Video, audio, chat and files. Media and files go directly from browser to browser; the server only connects
          them.
        </p>
      </div>
      <div class="form">
        {why && <Problem code={why} {...(why === 'network' ? { onNext: () => location.reload() } : {})} />}
        <EntryForms {...(why ? { first: 'login' as const } : {})} />
      </div>
    </main>
    <Sea />
  </>
);
