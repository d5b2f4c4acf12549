import { endWithParent } from './parent.mjs';
import { runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

/** Command one: set up what is missing, then be the server. In this process, so that signals and exit code are its own. */
await runMain(setup);
endWithParent();
await import('../dist/main.js');
