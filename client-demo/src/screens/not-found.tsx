import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { TopBar } from './welcome.js';

/** An address that leads to no page. */
export const NotFound = () => (
  <>
    <TopBar />
    <main class="middle" id="main">
      <div class="middle-card" data-testid="not-found">
        <Hoist name="LOST" count={4} />
        <ScreenTitle page="No such page">There is no such page</ScreenTitle>
        <p>The address may be mistyped, or only a part of it was copied.</p>
        <a class="button" href="#/" data-testid="not-found-home">
          Go to the start
        </a>
      </div>
    </main>
  </>
);
