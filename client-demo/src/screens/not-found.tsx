import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { TopBar } from './welcome.js';

/** The page for an unknown address. */
export const NotFound = () => (
  <>
    <TopBar />
    <main class="middle" id="main">
      <div class="middle-card" data-testid="not-found">
        <Hoist name="LOST" count={4} />
        <ScreenTitle page="Page not found">Page not found</ScreenTitle>
        <p>The address may be mistyped or incomplete.</p>
        <a class="button" href="#/" data-testid="not-found-home">
          Go to the start page
        </a>
      </div>
    </main>
  </>
);
